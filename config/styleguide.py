"""Every component of the design system in every state, on one page. Development only (`config.urls_dev`)."""

import re
from types import SimpleNamespace

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.shortcuts import render


class SampleForm(forms.Form):
    """One field of each kind, with something wrong in two of them."""

    name = forms.CharField(label="Name on certificates", help_text="Your full name, as it must be printed.")
    email = forms.EmailField(label="E-mail address")
    day = forms.DateField(label="Expiry day", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    language = forms.ChoiceField(label="Language", choices=[("en", "English"), ("es", "Español")])
    role = forms.ChoiceField(
        label="What do you do?",
        widget=forms.RadioSelect,
        choices=[("chw", "Community health worker"), ("t", "Trainer")],
    )
    agree = forms.BooleanField(label="Send me a reminder before my certificate ends", required=False)
    note = forms.CharField(label="Anything else?", required=False, widget=forms.Textarea(attrs={"rows": 3}))


def _stones(count: int, done: int, *, current: bool = True) -> list[SimpleNamespace]:
    def state(index: int) -> str:
        if index < done:
            return "done"
        if index == done and current:
            return "current"
        return "open" if index == done + 1 else "locked"

    return [SimpleNamespace(title=f"Lesson {index + 1}", state=state(index)) for index in range(count)]


@login_not_required
def styleguide(request, sample: str = "index"):
    """Show the components, or one of the sample pages made of them."""
    bad_form = SampleForm(
        {"bad-name": "Rosa María Núñez", "bad-email": "rosa at example", "bad-language": "en", "bad-day": "soon"},
        prefix="bad",
    )
    if sample == "index" and request.GET.get("messages"):
        messages.success(request, "Your answers were sent.")
        messages.error(request, "We could not reach the printer.")
    context = {
        "form": SampleForm(),
        "bad_form": bad_form,
        "bridges": [
            (f"{done} of {count} lessons done.", _stones(count, done))
            for count, done in [(3, 1), (5, 5), (8, 0), (8, 3), (14, 13), (23, 9), (40, 26)]
        ],
        "stones": _stones(8, 3),
        "some_stones": [_stones(5, 0, current=False), _stones(9, 4), _stones(14, 14)],
        "icons": re.findall(r'id="([a-z-]+)"', (settings.BASE_DIR / "static/img/icons.svg").read_text()),
        "page_obj": Paginator(range(90), 10).page(4),
        "crumbs": [
            SimpleNamespace(title=title, url="#main") for title in ("Courses", "Resilience and early relationships")
        ],
        "chips": ["Communication", "Outreach", "Cultural humility"],
        "durations": [-30, 0, 1, 45, 60, 61, 125, 150, 900],
    }
    return render(request, f"styleguide/{sample}.html", context)
