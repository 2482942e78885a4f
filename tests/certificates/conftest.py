"""What the tests of certificates share."""

from pathlib import Path

import pytest
from django.core.management import call_command

from certificates.services import credit_completion, issue_certificate
from tests.factories.certificates import SignatoryFactory, completion_with_shares
from tests.factories.people import UserFactory


@pytest.fixture
def issuer(db):
    """Who issues by default, with a signatory."""
    return SignatoryFactory().issuer


@pytest.fixture
def completion(learner):
    """Rosa finished a course of 150 minutes: MA-3 60, MA-10 90."""
    return completion_with_shares(learner)


@pytest.fixture
def certificate(completion, issuer, now):
    """Rosa's certificate for it."""
    credit_completion(completion.pk, now=now)
    return issue_certificate(completion.pk, now=now)


@pytest.fixture
def operator(db):
    """Someone with every right."""
    return UserFactory(email="operator@example.org", is_superuser=True)


@pytest.fixture(scope="session")
def keys(tmp_path_factory) -> Path:
    """Keys of a development chain, as the command makes them."""
    folder = tmp_path_factory.mktemp("keys") / "own"
    call_command("issue_test_keys", str(folder), "--name", "Puente Training Collaborative")
    return folder


@pytest.fixture
def sealed(settings, keys):
    """The site signs."""
    settings.SIGNING_KEY_FILE, settings.SIGNING_CHAIN_FILE = str(keys / "signer.key.pem"), str(keys / "chain.pem")
    return keys
