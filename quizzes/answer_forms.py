"""Shapes of what learners send: an answer as its form has it, or several as a script puts them together."""

import json

from django import forms
from django.utils.translation import gettext as _

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


def sent_answers(text: str) -> list[services.SentAnswer]:
    """Several answers, as a script sends them (JSON). Raises InvalidResponse for what is none, and for too many."""
    misread = InvalidResponse(_("This answer came without its question. Please load the page again."))
    try:
        entries = json.loads(text)
    except (ValueError, RecursionError):
        raise misread from None
    if not isinstance(entries, list) or not 0 < len(entries) <= MOST_TOGETHER:
        raise misread
    sent = []
    for entry in entries:
        pairs = entry.get("fields") if isinstance(entry, dict) else None
        if not isinstance(pairs, list):
            raise misread
        fields: dict[str, list[str]] = {}
        for pair in pairs:
            if not (isinstance(pair, list) and len(pair) == 2 and all(isinstance(part, str) for part in pair)):
                raise misread
            fields.setdefault(pair[0], []).append(pair[1])
        certainty = fields.get("certainty", [""])[-1]
        form = ResponseForm(
            {name: entry.get(name) for name in ("position", "revision", "operation")} | {"certainty": certainty}
        )
        if not form.is_valid():
            raise misread
        given = form.cleaned_data
        answer = {name: values for name, values in fields.items() if name.startswith(ANSWER_FIELDS)}
        sending = services.Sending(given["revision"], given["certainty"], given["operation"])
        sent.append(services.SentAnswer(given["position"], answer, sending))
    return sent
