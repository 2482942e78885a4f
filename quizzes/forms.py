"""Shapes of input: an answer, and what those who write items and quizzes send."""

from django import forms


class ResponseForm(forms.Form):
    """One answer as the learner's form sends it; the choices are checked by the service, which knows the offer."""

    position = forms.IntegerField()
    revision = forms.IntegerField()
