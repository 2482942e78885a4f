"""What the tests of quizzes share."""

import pytest

from quizzes import services
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
