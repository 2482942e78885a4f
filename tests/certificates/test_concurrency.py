"""Many at once: exactly one credit and one certificate, because constraints decide."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.db.models import Count

from certificates.models import Certificate, LedgerEntry, LedgerShare
from certificates.services import credit_completion, issue_certificate
from tests.factories.certificates import SignatoryFactory, completion_with_shares
from tests.factories.people import UserFactory

LEARNERS, AT_ONCE = 100, 16


def at_once(act: Callable[[], tuple[int, int]]) -> set[tuple[int, int]]:
    """Run `act` in many threads that start together; return what they got. An error of any of them is raised."""
    gate = Barrier(AT_ONCE)

    def run() -> tuple[int, int]:
        try:
            gate.wait()
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return {future.result() for future in [pool.submit(run) for _thread in range(AT_ONCE)]}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_one_credit_and_one_certificate_each_for_100_learners_under_16_at_once():
    SignatoryFactory()
    completions = [completion_with_shares(UserFactory(printed_name=f"Person {n}")) for n in range(LEARNERS)]

    def credit_and_issue(pk: int) -> tuple[int, int]:
        return credit_completion(pk).pk, issue_certificate(pk).pk

    for completion in completions:
        assert len(at_once(lambda pk=completion.pk: credit_and_issue(pk))) == 1

    assert LedgerEntry.objects.count() == LEARNERS
    assert LedgerShare.objects.count() == 2 * LEARNERS
    assert Certificate.objects.aggregate(n=Count("pk"), people=Count("recipient", distinct=True)) == {
        "n": LEARNERS,
        "people": LEARNERS,
    }
