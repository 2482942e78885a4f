"""Every answer of the engine is a sentence in both languages."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from curriculum import evaluation, reports, sentences, services
from curriculum.data import Reason, RequirementFacts
from tests.curriculum.judging import BAD, EXPIRY, GOOD, TODAY, evaluate, line, rule, rules

HOURS = rule("hours", "total_minimum", minutes=900, window_months=24)


@pytest.mark.parametrize(
    ("requirements", "evidence", "expires_on", "english", "spanish"),
    [
        (
            [HOURS],
            [line("a", 750)],
            EXPIRY,
            "You need 2 hours 30 minutes more by July 31, 2027.",
            "Todavía necesita 2 horas y 30 minutos. Tiene hasta el 31 de julio de 2027.",
        ),
        (
            [rule("hours", "total_minimum", minutes=60)],
            [],
            None,
            "You need 1 hour more.",
            "Todavía necesita 1 hora.",
        ),
        ([HOURS], [line("a", 900)], EXPIRY, "You meet every requirement.", "Usted cumple todos los requisitos."),
        (
            [HOURS],
            [line("a", 900)],
            None,
            "Tell us the day your certificate expires, and we can say what you still need.",
            "Díganos qué día vence su certificado y le diremos lo que le falta.",
        ),
        (
            [HOURS, rule("provider", "provider_eligibility", authority="BOARD")],
            [line("a", 900)],
            EXPIRY,
            "You have the hours: 15 hours of 15 hours. Some things only you or the board can confirm.",
            "Ya tiene las horas: 15 horas de 15 horas. Algunas cosas solo las puede confirmar usted o la junta.",
        ),
        (
            [rule("age", "person_eligibility", years=18)],
            [],
            None,
            "We cannot tell yet: some things only you or the board can confirm.",
            "Aún no lo sabemos: algunas cosas solo las puede confirmar usted o la junta.",
        ),
    ],
)
def test_headline_says_what_is_needed_first(requirements, evidence, expires_on, english, spanish):
    answer = evaluate(rules(*requirements), evidence, as_of=TODAY, expires_on=expires_on)

    assert reports.headline(answer) == english
    with translation.override("es"):
        assert reports.headline(answer) == spanish


def test_headline_of_rules_that_are_all_waived():
    waived = RequirementFacts(
        code="hours", kind="total_minimum", parameters={"minutes": 1}, waived_from=TODAY, waived_to=TODAY
    )

    assert reports.headline(evaluate(rules(waived), [], as_of=TODAY)) == "The board asks for none of this now."


EVERYTHING = [
    HOURS,
    rule("cap", "credit_cap", deliveries=["self_paced"], share_percent=10),
    rule("free", "credit_cap", deliveries=["recorded"], minutes=60),
    rule("x", "nested_minimum", minutes=600, competency="X"),
    rule("t", "nested_minimum", minutes=30, tag="law"),
    rule("each", "competency_minimum", minutes=500, competencies=["X", "Y"]),
    rule("provider", "provider_eligibility", authority="BOARD"),
    rule("subject", "subject", competencies=["X"], tags=["law"]),
    rule("work", "experience", minutes=120000),
    rule("papers", "documents", documents=["photo"]),
    rule("references", "references", count=3, each_at_least=1, competencies=["X"]),
    rule("age", "person_eligibility", years=18),
    RequirementFacts(
        code="waived", kind="person_eligibility", parameters={"years": 18}, waived_from=TODAY, waived_to=TODAY
    ),
]
LINES = [
    line("a", 200, competencies={"X": 200}, provider="Uno", title="Outreach"),
    line("b", 200, delivery="self_paced", competencies={"Y": 200}, provider=GOOD),
    line("c", 60, date(2025, 7, 1)),
    line("d", 60, TODAY + timedelta(days=1)),
    line("e", 60, provider=BAD),
    line("f", 60, tags=frozenset({"law"})),
    line("f", 60, tags=frozenset({"law"})),
    line("g", -10, competencies={"X": -10}),
    line("h", 60),
]


def test_every_rule_and_every_record_has_a_sentence_in_english():
    answer = evaluate(rules(*EVERYTHING), LINES, as_of=TODAY, expires_on=EXPIRY)

    report = reports.explain(answer, LINES, competency_names={"X": "Outreach", "Y": "Writing"})

    assert {item.code: item.sentence for item in report.rules} == {
        "hours": "You have 6 hours 40 minutes of 15 hours. You need 8 hours 20 minutes more.",
        "cap": "The limit is 1 hour 30 minutes. You have 1 hour 50 minutes more than that, which do not count.",
        "free": "The limit is 1 hour. All your hours are within it.",
        "x": "You have 3 hours 10 minutes of 10 hours. You need 6 hours 50 minutes more.",
        "t": "You have 1 hour of 30 minutes.",
        "each": "You still need: Outreach: 5 hours 10 minutes; Writing: 6 hours 50 minutes.",
        "provider": "Ask the board if it approved the providers of 3 records: Uno.",
        "subject": "Ask the board if it accepts the subject of the records below.",
        "work": "Puente does not keep your work hours. Show the board 2000 hours of work.",
        "papers": "You send these to the board yourself: photo.",
        "references": "You ask for these references and send them to the board yourself.",
        "age": "Puente does not ask your age. You must be at least 18.",
        "waived": "The board does not ask for this until March 15, 2026.",
    }
    reasons = {record.evidence_id: record.reason for record in report.rules[0].left_out}
    assert reasons == {
        "a": "A correction took this time back.",
        "b": "It is over the limit of 1 hour 30 minutes for minutes of this sort.",
        "c": "It was earned before Aug. 1, 2025, the first day that counts.",
        "d": "It was earned after March 15, 2026, the day of this answer.",
        "e": "The board had not approved this provider on Jan. 10, 2026.",
        "f": "This record is here twice. It counts once.",
    }
    assert report.rules[3].left_out[-1].reason in {
        "It is about another competency than Outreach.",
        "It is over the limit of 1 hour 30 minutes for minutes of this sort.",
    }
    assert [record.title for record in report.rules[0].counted] == ["Outreach", "Record b", "Record f", "Record h"]


def test_every_sentence_is_written_in_spanish_too():
    """A sentence that reads the same in both languages was not translated."""
    with translation.override("en"):
        english = {**sentences.not_counted_sentences(), **sentences.answer_sentences()}
    with translation.override("es"):
        spanish = {**sentences.not_counted_sentences(), **sentences.answer_sentences()}

    assert english.keys() == spanish.keys()
    assert [code for code in english if english[code] == spanish[code]] == []


def test_every_sentence_is_of_a_reason_that_the_engine_names():
    folder = Path(evaluation.__file__).parent
    code = "\n".join(path.read_text() for path in folder.glob("*.py"))
    known = {**sentences.not_counted_sentences(), **sentences.answer_sentences()}

    assert [name for name in known if f'"{name}"' not in code] == []


@pytest.mark.parametrize(
    ("count", "providers", "sentence"),
    [
        (1, "", "Ask the board if it approved the provider of 1 record."),
        (2, "", "Ask the board if it approved the providers of 2 records."),
        (1, "Uno", "Ask the board if it approved the provider of 1 record: Uno."),
    ],
)
def test_provider_to_confirm(count, providers, sentence):
    reason = Reason(code="provider_to_confirm", parameters={"count": count, "providers": providers})

    assert sentences._provider_sentence(reason) == sentence


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "parts"),
    [
        (
            "en",
            ["You need 2 hours 30 minutes more by July 31, 2027.", "Not yet", "12 hours 30 minutes of 15 hours",
             "272 CMR 7.02", "found in the source", "Counted", "A course", "Sample: confirm with your board."],
        ),
        (
            "es",
            ["Todavía necesita 2 horas y 30 minutos. Tiene hasta el 31 de julio de 2027.", "Todavía no",
             "12 horas y 30 minutos de 15 horas", "272 CMR 7.02", "hallado en la fuente", "Contado", "A course",
             "Ejemplo: confirme con su junta."],
        ),
    ],
)  # fmt: skip
def test_report_template_reads_in_both_languages(massachusetts, language, parts, django_assert_num_queries):
    evidence = [line("a", 750, competencies={"MA-8": 750}, provider="<b>Uno</b>", title="A course")]
    facts = services.facts_of(services.requirement_set_in_force("ma-renewal", TODAY))
    answer = evaluate(facts, evidence, as_of=TODAY, expires_on=EXPIRY)

    with translation.override(language), django_assert_num_queries(1):
        names = services.competency_names(["MA-CHW"])["MA-CHW"]
        report = reports.explain(answer, evidence, competency_names=names)
        html = render_to_string("curriculum/_requirement_report.html", {"report": report})

    assert [part for part in parts if part not in html] == []
    assert "<b>Uno" not in html
    assert " style=" not in html
    assert html.index(parts[0]) < html.index(parts[1])
