"""Statements of hours, programs and letters: what they state, that they agree with the ledger, and that they stay."""

import uuid
from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction

from certificates import files, verification
from certificates.data import Answer
from certificates.errors import AlreadyDecided, NotAllowed, NotEligible
from certificates.models import (
    Certificate,
    Kind,
    LedgerEntry,
    LetterRequest,
    Program,
    ProgramCourse,
    ProgramCredit,
)
from certificates.reports import facts_of, transcript_of, transcript_rows
from certificates.services import (
    complete_programs,
    credit_completion,
    decide_hours,
    issue_certificate,
    issue_letter,
    issue_period,
    issue_program,
    issue_programs,
    issue_programs_of,
    pdf_of,
    propose_hours,
    refuse_letter,
    request_letter,
    restore_pdf,
    reverse_credit,
    revoke_certificate,
    supersede_certificate,
)
from tests.certificates.test_concurrency import at_once
from tests.certificates.test_pdf import by_pypdf
from tests.factories.certificates import CompetencyFactory, completion_with_shares
from tests.factories.people import UserFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 4, 1, 12, 0, tzinfo=UTC)
SPRING = {"since": date(2026, 3, 1), "until": date(2026, 3, 31)}


@pytest.fixture
def second(db):
    """Another person with every right."""
    return UserFactory(email="second@example.org", is_superuser=True)


def finished(learner, *, on=15, **fields):
    completion = completion_with_shares(learner, completed_at=datetime(2026, 3, on, 14, tzinfo=UTC), **fields)
    credit_completion(completion.pk, now=NOW)
    return completion


@pytest.fixture
def account(learner, issuer, operator, second):
    """Rosa's March: two courses, one of them taken back, and a day that two people granted."""
    finished(learner, on=10)
    gone = finished(learner, on=12, course_title={"en": "Gone", "es": "Ida"})
    type(gone).objects.filter(pk=gone.pk).update(reversed_at=NOW, reversed_by=operator, reversal_reason="Not hers.")
    reverse_credit(gone.pk, now=NOW)
    proposal = propose_hours(
        learner, minutes=90, shares={CompetencyFactory(code="MA-3"): 90}, reason="A day.", actor=operator,
        earned_on=date(2026, 3, 20),
    )  # fmt: skip
    decide_hours(proposal.pk, approve=True, actor=second, now=NOW)
    return learner


# --- Hours in a period --------------------------------------------------------------------------------------------


def test_period_agrees_with_the_ledger_to_the_minute(account):
    statement = issue_period(account, **SPRING, language="en", now=NOW)

    shown = transcript_of(account, **SPRING)
    facts = facts_of(statement)
    assert facts.contact_minutes == shown.total_minutes == sum(each.minutes for each in facts.activities) == 240
    assert {(each.framework, each.code): each.minutes for each in facts.competencies} == {
        (framework, total.code): total.minutes for framework, _name, totals in shown.frameworks for total in totals
    }
    column = [row[5] for row in transcript_rows(shown)[1:] if len(row) > 9 and isinstance(row[5], int)]
    assert sum(column) == facts.contact_minutes


def test_period_states_its_days_entries_and_ways(account):
    statement = issue_period(account, **SPRING, language="es", now=NOW)

    assert (statement.kind, statement.since, statement.until) == (Kind.PERIOD, *SPRING.values())
    assert (statement.completed_on, statement.delivery, statement.language) == (date(2026, 3, 31), "mixed", "es")
    assert statement.course_title["es"] == "Del 1 de marzo de 2026 al 31 de marzo de 2026"
    assert [row["title"]["en"] for row in statement.details["activities"]] == [
        "Compassion resilience", "Adjustment of hours",
    ]  # fmt: skip


def test_period_leaves_out_other_days(account):
    statement = issue_period(account, since=date(2026, 3, 11), until=date(2026, 3, 31), now=NOW)

    assert statement.contact_minutes == 90


def test_period_twice_is_one_and_with_a_new_entry_another(account):
    first = issue_period(account, **SPRING, language="en", now=NOW)
    again = issue_period(account, **SPRING, language="en", now=NOW)
    in_spanish = issue_period(account, **SPRING, language="es", now=NOW)
    finished(account, on=25)

    more = issue_period(account, **SPRING, language="en", now=NOW)

    assert again == first
    assert len({first.pk, in_spanish.pk, more.pk}) == 3
    assert Certificate.objects.filter(kind=Kind.PERIOD).count() == 3


@pytest.mark.django_db(transaction=True)
def test_period_issued_by_two_at_once_is_one(learner, issuer):
    finished(learner)

    made = at_once(lambda: issue_period(learner, **SPRING, language="en", now=NOW))

    assert len({each.pk for each in made}) == Certificate.objects.count() == 1


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        ({"since": date(2026, 3, 31), "until": date(2026, 3, 1)}, "exchange them"),
        ({"since": date(2026, 3, 1), "until": date(2026, 4, 2)}, "not over yet"),
        ({"since": date(1990, 3, 1), "until": date(2026, 3, 1)}, "more than ten years"),
        ({"since": date(2026, 1, 1), "until": date(2026, 1, 31)}, "no hours in these days"),
    ],
)
def test_period_refuses_days_with_a_sentence(account, days, sentence):
    with pytest.raises(NotEligible, match=sentence):
        issue_period(account, **days, now=NOW)

    assert Certificate.objects.count() == 0


def test_period_waits_for_a_name(account):
    account.printed_name = ""
    account.save()

    with pytest.raises(NotEligible, match="waits for your name"):
        issue_period(account, **SPRING, now=NOW)


def test_period_is_checked_superseded_and_revoked_like_any_other(account, operator):
    statement = issue_period(account, **SPRING, language="en", now=NOW)
    finished(account, on=25)
    newer = supersede_certificate(statement, change="correction", reason="An entry was late.", actor=operator, now=NOW)
    revoke_certificate(newer, actor=operator, reason="Wrong days.", now=NOW)

    old, new = verification.verify_token(statement.token), verification.verify_token(newer.token)

    assert (newer.contact_minutes, newer.kind) == (390, Kind.PERIOD)
    assert (old.answer, old.newer_token) == (Answer.SUPERSEDED, newer.token)
    assert (new.answer, new.reason) == (Answer.REVOKED, "Wrong days.")


def test_period_is_not_renewed(account, operator):
    statement = issue_period(account, **SPRING, now=NOW)

    with pytest.raises(NotEligible, match="not renewed"):
        supersede_certificate(
            statement, change="renewal", reason="x", actor=operator, expires_on=date(2030, 1, 1), now=NOW
        )


def test_period_stays_when_the_ledger_moves(account):
    statement = issue_period(account, **SPRING, now=NOW)
    before = pdf_of(statement)
    finished(account, on=25)
    files.delete_pdf(statement.public_id)

    again = Certificate.objects.get(pk=statement.pk)

    assert (again.contact_minutes, restore_pdf(again)) == (240, before)


# --- Programs -----------------------------------------------------------------------------------------------------


@pytest.fixture
def program(db):
    program = Program.objects.create(code="core", name={"en": "Core training", "es": "Capacitación básica"})
    for _course in range(2):
        ProgramCourse.objects.create(program=program, course_key=uuid.uuid4())
    return program


def finish_all(program, learner, *, day=10):
    return [
        finished(learner, on=day + number, course_key=course.course_key)
        for number, course in enumerate(program.courses.all())
    ]


def test_program_is_issued_when_its_last_course_is_finished(program, learner, issuer):
    first, second = program.courses.all()
    one = finished(learner, on=10, course_key=first.course_key)
    assert issue_programs_of(one.pk, now=NOW) == []
    two = finished(learner, on=12, course_key=second.course_key)

    (issued,) = issue_programs_of(two.pk, now=NOW)

    assert (issued.kind, issued.program, issued.contact_minutes) == (Kind.PROGRAM, program, 300)
    assert (issued.completed_on, issued.course_title["es"]) == (date(2026, 3, 12), "Capacitación básica")
    assert [row["minutes"] for row in issued.details["activities"]] == [150, 150]
    assert {row["code"]: row["minutes"] for row in issued.competency_minutes} == {"MA-3": 120, "MA-10": 180}


def test_program_twice_is_one_until_every_course_is_finished_again(program, learner, issuer):
    finish_all(program, learner)
    first = issue_program(program, learner, now=NOW)
    assert issue_program(program, learner, now=NOW) == first
    course = program.courses.first()
    finished(learner, on=20, course_key=course.course_key)
    assert issue_program(program, learner, now=NOW) == first
    finished(learner, on=21, course_key=program.courses.last().course_key)

    renewed = issue_program(program, learner, now=NOW)

    assert renewed != first
    assert Certificate.objects.filter(program=program).count() == 2


def test_program_that_was_taken_back_does_not_come_again_by_itself(program, learner, issuer, operator):
    finish_all(program, learner)
    issued = issue_program(program, learner, now=NOW)
    revoke_certificate(issued, actor=operator, reason="Wrong person.", now=NOW)

    assert issue_programs(now=NOW) == []
    assert issue_program(program, learner, now=NOW) == issued


@pytest.mark.django_db(transaction=True)
def test_program_issued_by_two_at_once_is_one(program, learner, issuer):
    finish_all(program, learner)

    made = at_once(lambda: issue_program(program, learner, now=NOW))

    assert len({each.pk for each in made}) == Certificate.objects.count() == 1
    assert ProgramCredit.objects.count() == 2


def test_program_is_refused_while_a_course_is_missing_reversed_or_the_program_is_closed(program, learner, issuer):
    completion = finish_all(program, learner)[0]
    program.is_open = False
    program.save()
    with pytest.raises(NotEligible, match="not complete yet"):
        issue_program(program, learner, now=NOW)
    program.is_open = True
    program.save()
    type(completion).objects.filter(pk=completion.pk).update(
        reversed_at=NOW, reversed_by=learner, reversal_reason="Not hers."
    )

    with pytest.raises(NotEligible, match="not complete yet"):
        issue_program(program, learner, now=NOW)

    assert (list(complete_programs()), issue_programs(now=NOW)) == ([], [])


def test_program_without_courses_is_nobodys(learner, issuer):
    empty = Program.objects.create(code="empty", name={"en": "Empty"})

    with pytest.raises(NotEligible):
        issue_program(empty, learner, now=NOW)
    assert issue_programs(now=NOW) == []


def test_program_waits_for_a_name_and_the_sweep_brings_it(program, issuer):
    nameless = UserFactory(printed_name="")
    finish_all(program, nameless)
    assert issue_programs(now=NOW) == []
    type(nameless).objects.filter(pk=nameless.pk).update(printed_name="Ana Díaz")

    assert [each.recipient_name for each in issue_programs(now=NOW)] == ["Ana Díaz"]


def test_program_changed_later_changes_nothing_issued(program, learner, issuer, operator):
    finish_all(program, learner)
    issued = issue_program(program, learner, now=NOW)
    program.courses.first().delete()
    program.name = {"en": "Other"}
    program.save()

    again = Certificate.objects.get(pk=issued.pk)

    assert (len(again.details["activities"]), again.course_title["en"]) == (2, "Core training")
    newer = supersede_certificate(again, change="correction", reason="Name.", actor=operator, now=NOW)
    assert len(newer.details["activities"]) == 2


def test_complete_programs_asks_the_same_for_one_and_for_three(program, issuer, django_assert_num_queries):
    finish_all(program, UserFactory())
    with django_assert_num_queries(4):
        assert len(list(complete_programs())) == 1
    for _person in range(2):
        finish_all(program, UserFactory())

    with django_assert_num_queries(4):
        assert len(list(complete_programs())) == 3


# --- Letters ------------------------------------------------------------------------------------------------------


BOARD = "Board of Certification\n250 Washington Street\nBoston"


@pytest.fixture
def asked(account):
    return request_letter(account, addressee=BOARD, actor=account, language="en", now=NOW)


def test_letter_states_what_a_board_asks_for(asked, account, operator, issuer):
    letter = issue_letter(asked.pk, actor=operator, signatory=issuer.signatories.get(), now=NOW)

    facts = facts_of(letter)
    asked.refresh_from_db()
    assert (letter.kind, letter.request, letter.recipient) == (Kind.TRAINING_LETTER, asked, account)
    assert (asked.decision, asked.decided_by) == ("issued", operator)
    assert facts.addressee == ("Board of Certification", "250 Washington Street", "Boston")
    assert facts.contact_minutes == transcript_of(account).total_minutes == 240
    assert (facts.signatory_name, facts.issuer_number, facts.delivery) == ("Elena Vargas", "PRV-0042", "mixed")
    text = "\n".join(by_pypdf(pdf_of(letter)))
    for told in (
        "Verification of training", "Rosa María Núñez", "Board of Certification", "4 hours (240 min)",
        "Compassion resilience", "2026-03-10", "self-paced, online", "MA-3", "Provider number: PRV-0042",
        "Elena Vargas", "Signature", "Seal or stamp", "This is not a state certification",
    ):  # fmt: skip
        assert told in text


def test_letter_in_spanish(account, operator):
    asked = request_letter(account, addressee=BOARD, actor=account, language="es", now=NOW)

    text = "\n".join(by_pypdf(pdf_of(issue_letter(asked.pk, actor=operator, now=NOW))))

    assert "Verificación de capacitación" in text
    assert "Capacitación terminada" in text


def test_letter_twice_is_one(asked, operator, second):
    first = issue_letter(asked.pk, actor=operator, now=NOW)

    assert issue_letter(asked.pk, actor=second, now=NOW) == first
    assert Certificate.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_letter_issued_by_two_at_once_is_one(learner, issuer, operator):
    finished(learner)
    asked = request_letter(learner, addressee=BOARD, actor=learner, now=NOW)

    made = at_once(lambda: issue_letter(asked.pk, actor=operator, now=NOW))

    assert len({each.pk for each in made}) == Certificate.objects.count() == 1


def test_letter_refused_and_then_neither(asked, operator):
    with pytest.raises(NotEligible):
        refuse_letter(asked.pk, actor=operator, reason=" ", now=NOW)

    refused = refuse_letter(asked.pk, actor=operator, reason="Ask the other program.", now=NOW)

    assert (refused.decision, refused.decision_reason) == ("refused", "Ask the other program.")
    for act in (
        lambda: issue_letter(asked.pk, actor=operator, now=NOW),
        lambda: refuse_letter(asked.pk, actor=operator, reason="x", now=NOW),
    ):
        with pytest.raises(AlreadyDecided):
            act()
    assert Certificate.objects.count() == 0


def test_letter_is_decided_by_somebody_else_with_the_right(asked, account, stranger):
    account.is_superuser = True
    account.save()
    for person in (stranger, account):
        with pytest.raises(NotAllowed):
            issue_letter(asked.pk, actor=person, now=NOW)
        with pytest.raises(NotAllowed):
            refuse_letter(asked.pk, actor=person, reason="x", now=NOW)

    assert Certificate.objects.count() == 0


def test_request_letter_twice_is_one_and_not_for_others(asked, account, stranger):
    assert request_letter(account, addressee=f" {BOARD}  \n\n", actor=account, language="en", now=NOW) == asked
    with pytest.raises(NotAllowed):
        request_letter(account, addressee=BOARD, actor=stranger, now=NOW)

    assert LetterRequest.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"addressee": " \n "}, "to whom"),
        ({"addressee": "x" * 81}, "at most 6 lines"),
        ({"addressee": "a\n" * 7}, "at most 6 lines"),
        ({"addressee": "Board \U0001f600"}, "cannot print"),
        ({"since": date(2026, 3, 2), "until": date(2026, 3, 1)}, "exchange them"),
        ({"until": date(2026, 1, 1)}, "nothing to verify"),
    ],
)
def test_request_letter_refuses_with_a_sentence(account, values, sentence):
    with pytest.raises(NotEligible, match=sentence):
        request_letter(account, **({"addressee": BOARD, "actor": account, "now": NOW} | values))


def test_letter_needs_somebody_who_signs_now(asked, operator, issuer):
    gone = issuer.signatories.get()
    gone.is_current = False
    gone.save()

    for signatory in (None, gone):
        with pytest.raises(NotEligible):
            issue_letter(asked.pk, actor=operator, signatory=signatory, now=NOW)

    asked.refresh_from_db()
    assert (asked.decision, Certificate.objects.count()) == ("", 0)


# --- What the database refuses ------------------------------------------------------------------------------------


def copied(certificate, **values):
    """Write a row like this one, with these values."""
    fields = {field.attname: getattr(certificate, field.attname) for field in Certificate._meta.concrete_fields}
    unique = {"id": None, "public_id": uuid.uuid4(), "code": "X", "token": "X", "pdf_sha256": "X"}
    Certificate.objects.create(**(fields | unique | values))


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"kind": "program"}, "certificate_kind_and_source_agree"),
        ({"kind": "other"}, "certificate_kind_and_source_agree"),
        ({"kind": "period", "completion_id": None}, "certificate_kind_and_source_agree"),
        ({"kind": "training_letter", "completion_id": None}, "certificate_kind_and_source_agree"),
        ({"completion_id": None}, "certificate_kind_and_source_agree"),
        ({"since": date(2026, 1, 1), "until": date(2026, 1, 2)}, "certificate_kind_and_source_agree"),
        ({"source_key": "x"}, "certificate_kind_and_source_agree"),
        (
            {"kind": "period", "completion_id": None, "source_key": "x", "since": date(2026, 1, 2),
             "until": date(2026, 1, 1)},
            "certificate_days_in_order",
        ),
        ({"template_sha256": "x"}, "certificate_template_is_whole"),
    ],
)  # fmt: skip
def test_kind_and_source_agree(certificate, values, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        copied(certificate, **values)


def test_one_line_a_period_and_a_request(account, asked, operator):
    statement = issue_period(account, **SPRING, now=NOW)
    letter = issue_letter(asked.pk, actor=operator, now=NOW)

    for certificate in (statement, letter):
        with pytest.raises(IntegrityError), transaction.atomic():
            copied(certificate)

    copied(statement, source_key="another")
    assert Certificate.objects.filter(kind=Kind.PERIOD).count() == 2


def test_completion_counts_once_for_a_program(program, learner, issuer):
    finish_all(program, learner)
    issued = issue_program(program, learner, now=NOW)
    credit = ProgramCredit.objects.first()

    with pytest.raises(IntegrityError), transaction.atomic():
        ProgramCredit.objects.create(certificate=issued, program=program, completion=credit.completion)
    with pytest.raises(IntegrityError), transaction.atomic():
        ProgramCredit.objects.filter(pk=credit.pk).update(program=program)
    with pytest.raises(IntegrityError), transaction.atomic():
        ProgramCourse.objects.create(program=program, course_key=program.courses.first().course_key)


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"addressee": ""}, "letterrequest_has_an_addressee"),
        ({"decision": "issued"}, "letterrequest_decision_is_whole"),
        ({"decision_reason": "x"}, "letterrequest_decision_is_whole"),
        ({"since": date(2026, 1, 2), "until": date(2026, 1, 1)}, "letterrequest_days_in_order"),
    ],
)
def test_constraints_of_requests(asked, values, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        LetterRequest.objects.filter(pk=asked.pk).update(**values)


def test_certificates_are_never_unique_by_person_and_course(learner, issuer):
    key = uuid.uuid4()
    made = {issue_certificate(finished(learner, on=day, course_key=key).pk, now=NOW).pk for day in (10, 20)}

    assert len(made) == LedgerEntry.objects.count() == 2
