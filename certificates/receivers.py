"""What certificates listens to. One line each: the services do the work, the sweep finds what a lost ring left."""

from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models.signals import post_save

from certificates import services
from courses.signals import completion_reversed, course_completed


def credit(sender, completion_id: int, **kwargs) -> None:
    services.credit_completion(completion_id)


def issue(sender, completion_id: int, **kwargs) -> None:
    services.issue_if_ready(completion_id)


def issue_programs(sender, completion_id: int, **kwargs) -> None:
    services.issue_programs_of(completion_id)


def reverse(sender, completion_id: int, **kwargs) -> None:
    services.reverse_credit(completion_id)


def issue_what_waited(sender, instance, created: bool, update_fields=None, **kwargs) -> None:
    """A name was saved: certificates may have waited for it."""
    if not created and instance.printed_name and (update_fields is None or "printed_name" in update_fields):
        transaction.on_commit(partial(services.issue_waiting, instance.pk), robust=True)
        transaction.on_commit(partial(services.issue_programs, instance.pk), robust=True)


def connect() -> None:
    """Connect every receiver; called once, from the app config. Credit comes before issue: they run in this order."""
    course_completed.connect(credit, dispatch_uid="certificates.credit")
    course_completed.connect(issue, dispatch_uid="certificates.issue")
    course_completed.connect(issue_programs, dispatch_uid="certificates.issue_programs")
    completion_reversed.connect(reverse, dispatch_uid="certificates.reverse")
    post_save.connect(issue_what_waited, sender=settings.AUTH_USER_MODEL, dispatch_uid="certificates.name_saved")
