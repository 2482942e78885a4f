"""What curriculum keeps about a person, for `people.holders`."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from curriculum.models import Cycle
from people.holders import Holding, rows
from people.models import User


class CurriculumHolder:
    """The rules that a person follows: hers alone, and gone with her."""

    def holdings(self, person: User, today: date) -> Sequence[Holding]:
        return [Holding(_("Which rules you follow, and the days that you told us"))] if self._own(person) else []

    def erase(self, person: User, now: datetime) -> None:
        self._own(person).delete()

    def clean(self, person: User) -> None:
        """No file is kept."""

    def export(self, person: User) -> tuple[dict[str, Any], Iterable[tuple[str, bytes]]]:
        found = rows(self._own(person).order_by("pk"), "credential__code", "purpose", "expires_on", "created_at")
        return {"rules_followed": found}, ()

    def _own(self, person: User):
        return Cycle.objects.filter(person=person)
