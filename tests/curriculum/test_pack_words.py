"""No sentence that the shipped packs can put on a screen shows a raw code, such as `ohio-law` or `MA-BOARD`."""

import re
from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import pytest
from django.utils import translation

from curriculum import sentences
from curriculum.data import COMPONENTS, DELIVERIES, LEVELS, Dossier, WaiverFacts
from curriculum.evaluation import AUTHORITIES, COMPETENCIES, IN_WORDS, PARAMETERS, cited, evaluate
from curriculum.loading import read_frameworks
from curriculum.packfiles import find_pack, read_cases, report_of, rules_of, version_for, with_cycle
from tests.curriculum.test_packs import CODES, PACKS

LANGUAGES = ["en", "es"]
# A code that is an English word as well (photo, approved) may stand in an English sentence; this is what cannot.
LOOKS_LIKE_A_CODE = re.compile(r"[-_.\d]|[A-Z]")


def codes_of(pack, dossier=None):
    """Every code that a sentence about this pack could show."""
    figures = [rule.parameters for rule in pack.requirements]
    buckets = {bucket["code"] for item in figures for bucket in item.get("buckets", ())}
    found = {rule.code for rule in pack.requirements} | buckets | set(pack.words) | {pack.code}
    found |= cited(figures, (*IN_WORDS, *AUTHORITIES, *COMPETENCIES)) | {*DELIVERIES, *COMPONENTS, *LEVELS, *PARAMETERS}
    for line in dossier.evidence if dossier else ():
        found |= line.tags | set(line.competencies) | set(line.units)
    return found | {paper.kind for paper in (dossier.documents if dossier else ())}


@cache
def allowed(pack_code, language):
    """Names in which a code may stand: of competencies, authorities, topics and papers, and the rules' own texts."""
    pack = find_pack(pack_code)[-1]
    with translation.override(language):
        named = [str(item.name) for file in read_frameworks() for item in file.competencies]
        named += [str(texts) for texts in pack.words.values()] + [str(rule.text) for rule in pack.requirements]
        named += [str(pack.name), str(pack.notice), pack.credential.authority.name]
        named += [
            bucket["text"][language]
            for rule in pack.requirements
            for bucket in rule.parameters.get("buckets", ())
        ]  # fmt: skip
    return named


def spoken_of(report):
    """Everything that a report says in words of its own: titles and ids of records are their owner's."""
    yield report.headline
    yield from report.steps
    for rule in report.rules:
        yield rule.sentence
        yield rule.word
        yield from (piece.name for piece in rule.pieces)
        yield from (record.reason for record in (*rule.counted, *rule.left_out, *rule.to_confirm))


def raw_codes(sentence, codes, names, language):
    for name in sorted(names, key=len, reverse=True):
        sentence = sentence.replace(name, " ")
    return [code for code in sorted(codes) if any(stands_in(form, sentence) for form in forms_of(code, language))]


def forms_of(code, language):
    """A code as it may slip through: as it is, and in Spanish also with its hyphens taken out ("ohio law")."""
    if language != "en":
        return {code, sentences.plain(code)}
    return {code} if LOOKS_LIKE_A_CODE.search(code) else set()


def stands_in(form, sentence):
    return re.search(rf"(?<![\w-]){re.escape(form)}(?![\w-])", sentence) is not None


def variants(case, pack):
    """The case as it stands, and with less: without papers, days, approvals, evidence; after its end; all waived."""
    dossier = case.dossier
    waived = tuple(WaiverFacts(rule=rule.code) for rule in pack.requirements)
    bare = tuple(replace(line, delivery="", level="", provider="", competencies={}) for line in dossier.evidence)
    late = (dossier.cycle.expires_on or case.as_of) + timedelta(days=400)
    yield dossier, case.as_of
    yield replace(dossier, documents=()), case.as_of
    yield replace(dossier, approvals=()), case.as_of
    yield replace(dossier, evidence=()), case.as_of
    yield replace(dossier, evidence=bare, documents=()), case.as_of
    yield replace(dossier, waivers=waived), case.as_of
    yield replace(dossier, documents=()), late
    yield Dossier(), case.as_of


def reports_of(code, language):
    for case in read_cases(PACKS / code):
        pack = version_for(find_pack(code), case.dossier, case.as_of)
        for dossier, day in variants(case, pack):
            answer = evaluate(rules_of(pack), with_cycle(pack, dossier, day), as_of=day)
            with translation.override(language):
                yield pack, dossier, report_of(pack, answer, dossier)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", CODES)
def test_no_sentence_of_a_pack_shows_a_raw_code(code, language):
    shown = {
        (found, sentence)
        for pack, dossier, report in reports_of(code, language)
        for sentence in spoken_of(report)
        for found in raw_codes(sentence, codes_of(pack, dossier), allowed(code, language), language)
    }

    assert shown == set()


def test_the_cases_reach_every_status():
    """Of one pack, in one language: that the sentences above are not all of one sort."""
    seen = {rule.status for _pack, _dossier, report in reports_of("ma-initial", "en") for rule in report.rules}

    assert seen == {"met", "short", "cannot_tell", "waived"}


@pytest.mark.parametrize("code", CODES)
def test_every_code_that_a_rule_names_has_words_in_both_languages(code):
    pack = find_pack(code)[-1]
    figures = [rule.parameters for rule in pack.requirements]

    named = cited(figures, (*IN_WORDS, *AUTHORITIES))

    assert sorted(named - set(pack.words)) == []
    assert pack.words
    assert [key for key, texts in pack.words.items() if sorted(texts) != ["en", "es"]] == []


def test_a_pack_without_words_is_caught():
    """The test above can fail: without words the rules of Ohio speak of "ohio law" in Spanish."""
    pack = replace(find_pack("oh-renewal")[-1], words={})
    case = read_cases(PACKS / "oh-renewal")[0]

    with translation.override("es"):
        answer = evaluate(rules_of(pack), Dossier(cycle=case.dossier.cycle), as_of=date(2025, 1, 1))
        said = " ".join(spoken_of(report_of(pack, answer, Dossier())))

    assert "ohio-law" in raw_codes(said, codes_of(pack), [], "es")


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_authority_that_nobody_names_is_the_board(language):
    board = {
        "en": "1 hour from a provider approved by the board.",
        "es": "1 hora de un proveedor aprobado por la junta.",
    }
    step = sentences.Step(minutes=60, authorities=frozenset({"XX-BOARD", "YY-BOARD"}))

    with translation.override(language):
        assert sentences.step_sentence(step) == board[language]
