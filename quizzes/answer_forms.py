"""Shapes of what learners send: an answer as its form has it, or several as a script puts them together."""

from typing import Annotated
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from pydantic import BaseModel, Field, TypeAdapter

from quizzes import services
from quizzes.errors import InvalidResponse

MOST_TOGETHER = 500  # answers in one request
# What the names of the fields of an answer begin with.
ANSWER_FIELDS = ("choice", "text", "unit", "region", "point", "part.", "place.", "node.")


class ResponseForm(forms.Form):
    """One answer as the learner's form sends it; the choices are checked by the service, which knows the offer."""

    position = forms.IntegerField()
    revision = forms.IntegerField()
    certainty = forms.IntegerField(required=False)
    operation = forms.UUIDField(required=False)


class _Entry(BaseModel):
    """The same as a script sends it: the fields of the question's form by name, how sure the learner is among them."""

    position: int
    revision: int
    operation: UUID | None = None
    fields: list[tuple[str, str]]


_ENTRIES = TypeAdapter(Annotated[list[_Entry], Field(min_length=1, max_length=MOST_TOGETHER)])


def sent_answers(text: str) -> list[services.SentAnswer]:
    """Several answers, as a script sends them (JSON). Raises InvalidResponse for what is none, and for too many."""
    try:
        return [_answer(entry) for entry in _ENTRIES.validate_json(text)]
    except ValueError:  # pydantic's ValidationError is one, and a certainty that is no number raises one
        raise InvalidResponse(_("This answer came without its question. Please load the page again.")) from None


def _answer(entry: _Entry) -> services.SentAnswer:
    fields: dict[str, list[str]] = {}
    for name, value in entry.fields:
        fields.setdefault(name, []).append(value)
    certainty = fields.get("certainty", [""])[-1]
    answer = {name: values for name, values in fields.items() if name.startswith(ANSWER_FIELDS)}
    sending = services.Sending(entry.revision, int(certainty) if certainty else None, entry.operation)
    return services.SentAnswer(entry.position, answer, sending)
