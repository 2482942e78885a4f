"""Rules as they are written down, in words: figures, nesting, and the help of the editor."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import translation

from curriculum.data import CycleFacts, Dossier
from curriculum.evaluation import CHECKS, PARAMETERS, cited, evaluate
from curriculum.kinds import KIND_NAMES
from curriculum.loading import read_packs
from curriculum.models import Credential, RequirementSet
from curriculum.reports import explain
from curriculum.services import facts_of, load_packs, open_new_version, requirement_set_in_force, rules_in_words
from curriculum.wording import FIGURE_NAMES, figure_in_words, figures_explained, figures_in_words, kinds_in_words
from people.models import Organization
from tests.factories.curriculum import CompetencyFrameworkFactory, RequirementFactory, RequirementSetFactory
from tests.factories.people import OrganizationFactory, UserFactory


@pytest.mark.parametrize(
    ("key", "value", "english", "spanish"),
    [
        ("minutes", 870, "14 hours 30 minutes", "14 horas y 30 minutos"),
        ("share_percent", 70, "70", "70"),
        ("overlap_allowed", False, "no", "no"),
        ("inside", True, "yes", "sí"),
        ("to", "2026-07-31", "July 31, 2026", "31 de julio de 2026"),
        ("to", date(2026, 7, 31), "July 31, 2026", "31 de julio de 2026"),
        ("deliveries", ["self_paced", "recorded"], "self-paced, recorded", "a su propio ritmo, grabado"),
        ("tags", ["ethics_hours"], "ethics", "ética"),
        ("tag", "new-topic", "new topic", "new topic"),
        ("authority", "XX-BOARD", "the board", "la junta"),
        ("any", [{"authority": "MA"}, {"tag": "ethics_hours"}], "Approved by: Massachusetts; or: Topic: ethics", None),
        ("buckets", [{"code": "ethics_hours", "minutes": 60}, {"code": "b", "text": {"en": "B"}, "minutes": 90}],
         "ethics: 1 hour; B: 1 hour 30 minutes", None),
        ("direction", "nearest", "to the nearest; a half goes up", None),
        ("years", 18, "18", "18"),
    ],
)  # fmt: skip
def test_figure_is_said_in_words(key, value, english, spanish):
    names = {"ethics_hours": {"en": "ethics", "es": "ética"}, "MA": {"en": "Massachusetts", "es": "Massachusetts"}}

    for language, expected in (("en", english), ("es", spanish)):
        with translation.override(language):
            said = figure_in_words(key, value, {code: texts[language] for code, texts in names.items()})
        assert expected in (said, None)


def test_every_figure_has_a_name_and_a_form_in_both_languages():
    known = set().union(*(takes.known for takes in PARAMETERS.values()))

    assert set(FIGURE_NAMES) == known
    assert set(FIGURE_NAMES) == {*CHECKS, "any", "none", "only", "buckets"}
    for language in ("en", "es"):
        with translation.override(language):
            assert [key for key, name, form in figures_explained() if not name or f"“{key}”" not in form] == []


def test_help_says_of_each_kind_every_figure_that_it_takes():
    kinds = kinds_in_words()

    assert [kind.code for kind in kinds] == list(KIND_NAMES)
    assert set(KIND_NAMES) == set(PARAMETERS)
    for kind in kinds:
        takes = PARAMETERS[kind.code]
        listed = {*kind.needed, *kind.one_of, *kind.some_of, *kind.allowed}
        left = takes.known - listed
        assert bool(left & {"tag"}) == kind.selects, kind.code
        assert bool(left & {"in_cycle"}) == kind.has_days, kind.code
        assert listed or kind.selects, kind.code


def test_no_figure_of_a_shipped_rule_is_shown_as_a_code():
    for pack in read_packs():
        words = {code: texts["es"] for code, texts in pack.words.items()}
        for rule in pack.requirements:
            with translation.override("es"):
                said = " ".join(value for _label, value in figures_in_words(rule.parameters, words))
            named = cited(rule.parameters, ("tag", "tags", "documents", "unit", "authority"))
            assert [code for code in named if code in said and code not in words.values()] == [], rule.code


# --- In the CMS ---------------------------------------------------------------------------------------------------


def nested_set(**fields):
    """Any of: (20 certified hours), or two of three rules; and an age."""
    made = RequirementSetFactory(words={"certified": {"en": "certified hours", "es": "horas certificadas"}}, **fields)
    for order, (code, kind, part_of, parameters) in enumerate(
        [
            ("ways", "any_of", "", {}),
            ("first", "all_of", "ways", {}),
            (
                "hours",
                "total_minimum",
                "first",
                {"minutes": 1200, "any": [{"authority": "TX"}, {"tags": ["certified"]}]},
            ),
            ("second", "n_of", "ways", {"count": 2}),
            ("work", "experience", "second", {"minutes": 6000}),
            ("papers", "documents", "second", {"documents": ["photo"]}),
            ("test", "assessment", "second", {"percent": 80}),
            ("age", "person_eligibility", "", {"years": 18}),
        ]
    ):
        RequirementFactory(
            requirement_set=made, code=code, kind=kind, part_of=part_of, parameters=parameters, sort_order=order
        )
    return made


def shape(rules):
    return [(rule.facts.code, rule.asks, shape(rule.parts)) for rule in rules]


NESTED = [
    ("ways", "Any one of these:", [
        ("first", "All of these:", [("hours", "", [])]),
        ("second", "At least 2 of these:", [("work", "", []), ("papers", "", []), ("test", "", [])]),
    ]),
    ("age", "", []),
]  # fmt: skip


@pytest.mark.django_db
def test_rules_are_shown_as_they_nest():
    OrganizationFactory(name="Texas Department", code="TX")

    rules = rules_in_words(nested_set())

    assert shape(rules) == NESTED
    assert rules[0].parts[0].parts[0].figures == (
        ("Time", "20 hours"),
        ("Any of these", "Approved by: Texas Department; or: Topics: certified hours"),
    )
    assert rules[0].parts[1].figures == ()


@pytest.mark.django_db
def test_copy_as_a_new_version_keeps_the_nesting():
    old = nested_set()

    new = open_new_version(old, effective_from=date(2999, 1, 1), actor=UserFactory())

    assert shape(rules_in_words(RequirementSet.objects.get(pk=new.pk))) == NESTED
    assert new.words == old.words


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_inspecting_asks_as_often_for_three_rules_as_for_one(client, count, django_assert_num_queries):
    made = RequirementSetFactory(notice={"en": "Sample: confirm with your board."})
    RequirementFactory.create_batch(
        count, requirement_set=made, kind="provider_eligibility", parameters={"authority": "MA-BOARD"}
    )
    client.force_login(UserFactory(is_superuser=True))
    url = reverse("requirementset:inspect", args=[made.pk])
    client.get(url)

    with django_assert_num_queries(11):
        html = client.get(url).content.decode()

    assert html.count('class="rules__rule"') == count
    assert html.index("Sample: confirm with your board.") < html.index("rules__rule")


@pytest.mark.django_db
def test_inspecting_a_shipped_set_shows_text_figures_source_and_mark(client, massachusetts):
    client.force_login(UserFactory(is_superuser=True))
    texas = RequirementSet.objects.get(code="tx-renewal")

    html = client.get(reverse("requirementset:inspect", args=[texas.pk])).content.decode()

    for part in (
        "Sample: confirm with your board.", "Any one of these:", "All of these:", "Mix 1: all 20 hours are certified.",
        "<dt>Months before the expiry day</dt><dd>24</dd>", "certified hours", "Texas DSHS, CHW certification renewal",
        "<strong>not verified: confirm with your board</strong>",
    ):  # fmt: skip
        assert part in html, part
    assert "TX-DSHS" not in html
    assert Credential.objects.get(code="tx-chw").framework.code == "TX-CHW"


@pytest.mark.django_db
def test_the_editor_says_which_figures_each_kind_takes(client):
    client.force_login(UserFactory(is_superuser=True))

    html = client.get(reverse("requirementset:add")).content.decode()

    assert [code for code in KIND_NAMES if f"<code>{code}</code>" not in html] == []
    assert [key for key in FIGURE_NAMES if f"<code>{key}</code>" not in html] == []
    assert "curriculum/rules.css" in html


@pytest.mark.django_db
def test_a_credential_without_a_framework_gets_the_one_of_its_file(massachusetts):
    Credential.objects.filter(code__in=["ky-chw", "md-chw"]).update(framework=None)
    other = CompetencyFrameworkFactory()
    Credential.objects.filter(code="tx-chw").update(framework=other)
    RequirementSet.objects.filter(code__in=["ky-renewal", "tx-renewal"]).update(file_digest="older")

    load_packs()

    found = {
        item.code: item.framework and item.framework.code for item in Credential.objects.select_related("framework")
    }
    assert (found["ky-chw"], found["tx-chw"], found["md-chw"]) == ("KY-CHW", other.code, None)


@pytest.mark.django_db
def test_an_authority_on_record_goes_by_the_name_there(massachusetts, django_assert_num_queries):
    Organization.objects.filter(code="MA-BOARD").update(name="The Board, renamed")
    chosen = requirement_set_in_force("ma-renewal", date(2026, 3, 15))

    with django_assert_num_queries(1):
        facts = facts_of(chosen)

    report = explain(evaluate(facts, Dossier(cycle=CycleFacts(expires_on=date(2027, 7, 31))), as_of=date(2026, 3, 15)))
    assert report.steps == ("15 hours from a provider approved by The Board, renamed.",)
