"""Each test begins in the site's language and time zone, whatever page the one before asked for."""

import pytest
from django.utils import timezone, translation


@pytest.fixture(autouse=True)
def plain_language_and_clock():
    translation.deactivate()
    timezone.deactivate()
    yield
    translation.deactivate()
    timezone.deactivate()
