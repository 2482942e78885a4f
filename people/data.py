"""Shapes that cross the border of people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:
    from people.models import User


class SignedInRequest(HttpRequest):
    """A request behind the sign-in door: for type hints of views that no stranger reaches."""

    user: User
