"""What several tests of curriculum use."""

import pytest

from curriculum.models import Credential
from curriculum.services import load_frameworks, load_packs


@pytest.fixture
def massachusetts(db) -> Credential:
    """The shipped frameworks and packs, loaded."""
    load_frameworks()
    load_packs()
    return Credential.objects.get(code="ma-chw")
