"""Prepare a new site: roles, languages, front pages, catalogues, frameworks and requirement sets."""

from django.core.management.base import BaseCommand

from starter.site import setup_site


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args, **options) -> None:
        setup_site()
        self.stdout.write("The site is set up. Make the first administrator with: manage.py createsuperuser")
