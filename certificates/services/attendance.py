"""The pens of attendance: who was at a live session, for how long. No hours are awarded here."""

from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from certificates.errors import AlreadyDecided, InvalidAdjustment, NotAllowed
from certificates.models import Attendance
from people.models import User

A_DAY = 24 * 60


def record_attendance(
    learner: User,
    *,
    title: str,
    held_on: date,
    minutes: int,
    actor: User,
    course_key: UUID | None = None,
    now: datetime | None = None,
) -> Attendance:
    """Write down that `learner` was there for `minutes`. Raises NotAllowed, InvalidAdjustment."""
    now, title = now or timezone.now(), title.strip()
    if not actor.has_perm("certificates.add_attendance") or actor == learner:
        raise NotAllowed(_("You may not enter this. Ask somebody who was there and may, other than the person."))
    if not title or not 0 < minutes <= A_DAY:
        raise InvalidAdjustment(_("Please write which session it was, and how many minutes the person was there."))
    if held_on > timezone.localdate(now):
        raise InvalidAdjustment(_("This day is still to come. Please enter who attended after the session."))
    return Attendance.objects.create(
        learner=learner,
        title=title,
        course_key=course_key,
        held_on=held_on,
        minutes=minutes,
        entered_by=actor,
        entered_at=now,
    )


def correct_attendance(attendance: Attendance, *, reason: str, actor: User, now: datetime | None = None) -> Attendance:
    """Take an attendance back in whole, for a reason. Once. Raises NotAllowed, InvalidAdjustment, AlreadyDecided."""
    reason = reason.strip()
    if not actor.has_perm("certificates.add_attendance") or actor.pk == attendance.learner_id:
        raise NotAllowed(_("You may not enter this. Ask somebody who was there and may, other than the person."))
    if not reason:
        raise InvalidAdjustment(_("Please write why it is taken back."))
    if attendance.corrects_id is not None:
        raise InvalidAdjustment(_("This line takes another one back. Enter the attendance anew instead."))
    try:
        with transaction.atomic():
            return Attendance.objects.create(
                learner_id=attendance.learner_id,
                title=attendance.title,
                course_key=attendance.course_key,
                held_on=attendance.held_on,
                minutes=-attendance.minutes,
                entered_by=actor,
                entered_at=now or timezone.now(),
                corrects=attendance,
                reason=reason,
            )
    except IntegrityError as error:
        raise AlreadyDecided(_("It was taken back before. Nothing was changed.")) from error
