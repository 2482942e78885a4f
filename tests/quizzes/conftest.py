"""What the tests of quizzes share."""

import pytest
from django.contrib.auth.models import Group

from people.roles import Role
from people.services import sync_roles
from quizzes import services
from tests.factories.people import UserFactory
from tests.factories.quizzes import plain_quiz


@pytest.fixture
def quiz(db):
    return plain_quiz(5)


@pytest.fixture
def attempt(learner, quiz, now):
    return services.start_attempt(learner, quiz, now=now)


@pytest.fixture
def signed_in(client, learner):
    client.force_login(learner)
    return client


@pytest.fixture
def trainer(db):
    """Tess, with every right of a trainer."""
    sync_roles()
    person = UserFactory(email="tess@example.org", printed_name="Tess Trainer")
    person.groups.add(Group.objects.get(name=Role.TRAINER))
    return person


@pytest.fixture
def desk(client, trainer):
    """The editors' pages, as Tess sees them."""
    client.force_login(trainer)
    return client
