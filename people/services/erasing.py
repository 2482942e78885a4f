"""A person takes her data with her, or asks us to forget her.

Erased all or nothing, in one transaction over every app that holds something (`people.holders`); files and sessions,
which no transaction covers, go after the commit, and the sweep goes on where that was broken off.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from functools import partial
from importlib import import_module
from pathlib import PurePosixPath
from typing import IO, Any
from uuid import uuid4
from zipfile import ZIP_DEFLATED, ZipFile

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import ModelLogEntry
from wagtail.users.models import UserProfile

from people import holders
from people.errors import ErasureNotPossible
from people.holders import Holding, rows
from people.models import Consent, Erasure, Membership, OutboxMail, User
from people.roles import Role
from people.services.mails import drop_mails
from people.signals import person_erased


def holdings_of(person: User, *, today: date | None = None) -> list[Holding]:
    """Return all that is kept about a person, what goes first."""
    today = today or timezone.localdate()
    own = [
        Holding(_("Your name, your e-mail address, your password, your language and your time zone")),
        Holding(_("Who may see your hours: every permission ends")),
        Holding(_("Mails that wait to be sent to you, and where you are signed in")),
    ]
    found = [*own, *(each for holder in holders.all_holders() for each in holder.holdings(person, today))]
    return sorted(found, key=lambda each: each.stays)


@transaction.atomic
def erase_person(person_id: int, *, now: datetime | None = None) -> Erasure:
    """Forget a person, at her request; return the record that we did. Once: asked again, it is the same record.

    What others must be able to rely on (hours, certificates within their retention) stays, under a pseudonym. Raises
    ErasureNotPossible for an operator and for who works here: their roles must be ended first, by somebody else.
    """
    now = now or timezone.now()
    person = User.objects.select_for_update().get(pk=person_id)
    if known := Erasure.objects.filter(person=person).first():
        return known
    _refuse_who_works_here(person, now)
    for holder in holders.all_holders():
        holder.erase(person, now)
    _forget(person, now)
    erasure = Erasure.objects.create(person=person, erased_at=now)
    transaction.on_commit(partial(person_erased.send_robust, sender=Erasure, person_id=person.pk), robust=True)
    return erasure


def _refuse_who_works_here(person: User, now: datetime) -> None:
    working = Membership.objects.filter(person=person).current(now).exclude(role=Role.LEARNER)
    if person.is_superuser or working.exists():
        raise ErasureNotPossible(
            _("You work on this site, and others rely on what you did here. Ask an administrator to end your roles.")
        )


def _forget(person: User, now: datetime) -> None:
    _forget_labels(person)
    drop_mails(person, now=now)
    Consent.objects.filter(person=person, withdrawn_at=None, replaced_at=None).update(withdrawn_at=now)
    Membership.objects.filter(person=person, ended_at=None).update(ended_at=now, ended_by=person)
    person.groups.clear()
    person.user_permissions.clear()
    EmailAddress.objects.filter(user=person).delete()
    # Another public id: what a board once saved under the old one leads nowhere from now on.
    person.public_id = uuid4()
    person.email = f"{person.public_id}@erased.invalid"
    person.printed_name, person.language, person.time_zone = "", settings.LANGUAGE_CODE, settings.TIME_ZONE
    person.is_active = person.is_staff = False
    person.last_login, person.date_joined, person.erased_at = None, now, now
    person.set_unusable_password()
    person.save()


def _forget_labels(person: User) -> None:
    """The log of the CMS names what was changed; what is called after this person gets another name there."""
    own = Q(content_type=ContentType.objects.get_for_model(User), object_id=str(person.pk))
    roles = [str(pk) for pk in person.memberships.values_list("pk", flat=True)]
    own |= Q(content_type=ContentType.objects.get_for_model(Membership), object_id__in=roles)
    for name in filter(None, (person.printed_name, person.email)):
        own |= Q(label=name) | Q(label__startswith=f"{name}:") | Q(label__startswith=f"{name} →")
    ModelLogEntry.objects.filter(own).update(label=_("erased person"))


def finish_erasure(person_id: int, *, now: datetime | None = None) -> bool:
    """Take away files and sessions of who was erased; say whether all are gone. May be called again."""
    erasure = Erasure.objects.select_related("person").filter(person=person_id, cleaned_at=None).first()
    if erasure is None:
        return True
    for holder in holders.all_holders():
        holder.clean(erasure.person)
    for profile in UserProfile.objects.filter(user=person_id):
        if profile.avatar:
            profile.avatar.delete(save=False)
        profile.delete()
    _end_sessions(person_id)
    Erasure.objects.filter(pk=erasure.pk, cleaned_at=None).update(cleaned_at=now or timezone.now())
    return True


def _end_sessions(person_id: int) -> None:
    store = import_module(settings.SESSION_ENGINE).SessionStore
    for session in Session.objects.iterator(chunk_size=500):
        if session.get_decoded().get("_auth_user_id") == str(person_id):
            store(session.session_key).delete()


def unfinished_erasures() -> QuerySet[Erasure]:
    """Return erasures whose files are not gone yet."""
    return Erasure.objects.filter(cleaned_at=None).order_by("pk")


# --- To take along ------------------------------------------------------------------------------------------------


def export_person(person: User, target: IO[bytes]) -> None:
    """Write all that is kept about a person into `target`, a ZIP: data.json, and her files."""
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        data = _own_export(person)
        for holder in holders.all_holders():
            sections, files = holder.export(person)
            data |= sections
            for name, content in files:
                archive.writestr(str(PurePosixPath(name)), content)
        text = json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
        archive.writestr("data.json", text)


def _own_export(person: User) -> dict[str, Any]:
    return {
        "account": {
            "name": person.printed_name,
            "email": person.email,
            "other_addresses": list(
                EmailAddress.objects.filter(user=person).exclude(email=person.email).values_list("email", flat=True)
            ),
            "language": person.language,
            "time_zone": person.time_zone,
            "joined": person.date_joined,
            "last_sign_in": person.last_login,
        },
        "roles": rows(person.memberships.order_by("pk"), "role", "organization__name", "started_at", "ended_at"),
        "permissions": rows(
            person.consents.order_by("pk"),
            "organization__name", "given_at", "expires_at", "withdrawn_at", "replaced_at",
        ),
        "mails": rows(OutboxMail.objects.filter(recipient=person).order_by("pk"), "kind", "posted_at", "sent_at"),
    }  # fmt: skip
