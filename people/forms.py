"""Forms of people."""

from django import forms


class SignUpForm(forms.Form):
    """What allauth's sign-up asks for on top of address and password."""

    def signup(self, request, user) -> None:
        """Called by allauth with the new account."""
