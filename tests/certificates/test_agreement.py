"""Screen, PDF, table and statement say the same of a window of days, by competency, to the minute."""

import csv
import re
from datetime import UTC, date, datetime
from io import StringIO

import pytest
from django.db.models import Sum

from certificates.models import LedgerEntry, LedgerShare
from certificates.pdf.words import spoken
from certificates.reports import facts_of, transcript_of
from certificates.services import credit_completion, issue_period, reverse_credit
from tests.certificates.test_pdf import by_pypdf
from tests.factories.certificates import completion_with_shares

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 4, 1, 12, 0, tzinfo=UTC)
WINDOWS = [
    (None, None), ("2026-02-01", None), (None, "2026-02-28"), ("2026-02-10", "2026-03-10"),
    ("2026-01-05", "2026-01-05"),
]  # fmt: skip


@pytest.fixture
def account(learner, issuer, operator):
    """Twelve courses of odd minutes in three months; every fifth was taken back."""
    for number in range(12):
        first = 7 + number * 3
        completion = completion_with_shares(
            learner, minutes=first + 41, shares={"MA-3": first, f"MA-{4 + number % 3}": 41},
            completed_at=datetime(2026, 1 + number // 4, 5 + 7 * (number % 4), 15, tzinfo=UTC),
        )  # fmt: skip
        credit_completion(completion.pk, now=NOW)
        if number % 5 == 4:
            type(completion).objects.filter(pk=completion.pk).update(
                reversed_at=NOW, reversed_by=operator, reversal_reason="Counted twice."
            )
            reverse_credit(completion.pk, now=NOW)
    return learner


@pytest.mark.parametrize(("since", "until"), WINDOWS)
def test_screen_pdf_table_and_statement_agree_with_the_ledger(client, account, since, until):
    client.force_login(account)
    days = {name: value for name, value in (("since", since), ("until", until)) if value}
    window = {f"earned_on__{'gte' if name == 'since' else 'lte'}": value for name, value in days.items()}
    total = LedgerEntry.objects.filter(learner=account, **window).aggregate(total=Sum("minutes"))["total"]
    shares = LedgerShare.objects.filter(entry__learner=account, **{f"entry__{key}": day for key, day in window.items()})
    wanted = dict(shares.order_by().values_list("competency__code").annotate(Sum("minutes")))

    screen = client.get("/en/path/hours/", days)
    table = list(csv.reader(StringIO(client.get("/en/path/hours.csv", days).content.decode("utf-8-sig"))))
    paper = by_pypdf(client.get("/en/path/hours.pdf", days).content)

    assert screen.context["transcript"].total_minutes == total
    assert f"<strong>{spoken(total, 'en')}</strong>" in screen.content.decode()
    lines = [row for row in table[1:] if len(row) == 10]
    assert sum(int(row[5]) for row in lines if row[5]) == total
    in_table: dict[str, int] = {}
    for row in lines:
        if row[6]:
            code = row[6].split()[-1]
            in_table[code] = in_table.get(code, 0) + int(row[7])
    assert in_table == wanted
    assert any(line.endswith(f"Total: {spoken(total, 'en')}") for line in paper)
    time = r"((?:\d+ hours?)?(?: ?\d+ minutes?)?)"
    on_paper = dict(re.findall(rf"(MA-\d+) +Competency MA-\d+ {time}", " ".join(paper)))
    assert on_paper == {code: spoken(minutes, "en") for code, minutes in wanted.items()}
    found = transcript_of(account, since=since and date.fromisoformat(since), until=until and date.fromisoformat(until))
    for _code, _name, totals in found.frameworks:
        for each in totals:
            assert each.minutes == sum(minutes for _line, minutes in each.lines) == wanted[each.code]
    if since and until:
        statement = issue_period(account, since=found.since, until=found.until, now=NOW)
        assert statement.contact_minutes == total
        stated = {each.code: each.minutes for each in facts_of(statement).competencies}
        assert stated == {code: minutes for code, minutes in wanted.items() if minutes}


def test_every_total_on_the_screen_opens_to_its_entries(client, account):
    client.force_login(account)

    page = client.get("/en/path/hours/").content.decode()

    for framework in client.get("/en/path/hours/").context["frameworks"]:
        for total in framework["totals"]:
            assert f"{spoken(total['minutes'], 'en')}, from {len(total['lines'])} entr" in page
            assert sum(minutes for _line, minutes in total["lines"]) == total["minutes"]
