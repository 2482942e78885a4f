"""Erase a person's data, at her request, where she cannot sign in to do it herself."""

from django.core.management.base import BaseCommand, CommandError

from people.errors import PeopleError
from people.models import User
from people.services import erase_person, holdings_of


class Command(BaseCommand):
    help = "Say what an erasure takes away and what stays; with --yes, erase. Be sure who asked: it cannot be undone."

    def add_arguments(self, parser):
        parser.add_argument("email", help="the address she signs in with")
        parser.add_argument("--yes", action="store_true", help="erase, and do not only say what would go")

    def handle(self, *args, **options):
        person = User.objects.filter(email=options["email"].lower()).first()
        if person is None:
            raise CommandError("There is no account with this address.")
        for holding in holdings_of(person):
            until = f" Until {holding.until}." if holding.until else ""
            self.stdout.write(f"{'stays' if holding.stays else 'goes'}: {holding.what}. {holding.why}{until}".rstrip())
        if not options["yes"]:
            self.stdout.write("Nothing was erased. To erase: --yes")
            return
        try:
            erase_person(person.pk)
        except PeopleError as error:
            raise CommandError(str(error)) from error
        self.stdout.write("Erased.")
