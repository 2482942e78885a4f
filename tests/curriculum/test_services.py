"""The pens of curriculum: each called twice, each refusing in words."""

from datetime import date

import pytest
import yaml
from django.utils import translation

from curriculum import services
from curriculum.data import ApprovalFacts, Evidence, Standing, Status
from curriculum.errors import DataFileError, InvalidCycle, NoRequirementSet, RulesInForce
from curriculum.loading import FRAMEWORKS, PACKS
from curriculum.models import Competency, CompetencyFramework, Credential, Cycle, Requirement, RequirementSet
from people.models import Organization
from tests.curriculum.judging import evaluate
from tests.factories.curriculum import (
    CompetencyFactory,
    CredentialFactory,
    RequirementFactory,
    RequirementSetFactory,
)
from tests.factories.people import UserFactory

TODAY = date(2026, 3, 15)

pytestmark = pytest.mark.django_db


def rows():
    return {
        model.__name__: list(model.objects.order_by("pk").values())
        for model in (CompetencyFramework, Competency, Credential, RequirementSet, Requirement, Organization)
    }


@pytest.fixture
def folder(tmp_path):
    """A copy of one shipped file, to be changed: `folder("ma-renewal", change)` returns its folder."""

    def copy(name, change=lambda content: None):
        names = (FRAMEWORKS / f"{name}.yaml", PACKS / name / "pack.yaml")
        source = next(path for path in names if path.exists())
        content = yaml.safe_load(source.read_text())
        change(content)
        copied = tmp_path / source.relative_to(source.parent.parent if source.name == "pack.yaml" else source.parent)
        copied.parent.mkdir(exist_ok=True)
        copied.write_text(yaml.safe_dump(content, allow_unicode=True))
        return tmp_path

    return copy


# --- Frameworks ---------------------------------------------------------------------------------------------------


def test_load_frameworks_gives_the_official_lists():
    loaded = services.load_frameworks()

    codes = {
        framework.code: list(framework.competencies.order_by("sort_order").values_list("code", flat=True))
        for framework in loaded
    }
    assert codes == {
        "C3-ROLES": [f"R{number}" for number in range(1, 11)],
        "C3-SKILLS": [f"S{number}" for number in range(1, 12)],
        "KY-CHW": [f"KY-{number}" for number in range(1, 9)],
        "MA-CHW": [f"MA-{number}" for number in range(1, 11)],
        "MD-CHW": [f"MD-{number}" for number in range(1, 10)],
        "RI-CHW": [f"RI-{number}" for number in range(1, 10)],
        "TX-CHW": [f"TX-{number}" for number in range(1, 9)],
    }
    names = Competency.objects.filter(framework__code="MA-CHW").order_by("sort_order")
    assert [item.name["en"] for item in names] == [
        "Outreach Methods and Strategies",
        "Individual and Community Assessment",
        "Effective Communication",
        "Cultural Responsiveness and Mediation",
        "Education to Promote Healthy Behavior Change",
        "Care Coordination and System Navigation",
        "Use of Public Health Concepts and Approaches",
        "Advocacy and Community Capacity Building",
        "Documentation",
        "Professional Skills and Conduct",
    ]


def test_only_what_was_seen_is_marked_as_verified():
    services.load_frameworks()

    verified = Competency.objects.filter(verification="verified").values_list("code", flat=True)
    assert sorted(verified) == ["MA-1", "MA-8"]


def test_every_competency_speaks_both_languages():
    services.load_frameworks()

    for competency in Competency.objects.all():
        # Of some lists only names were seen: no description, rather than one of our making.
        named_only = competency.code[:2] in {"KY", "MD", "RI", "TX"}
        languages = (competency.name.languages, competency.description.languages)
        assert languages == (["en", "es"], [] if named_only else ["en", "es"]), competency.code


def test_load_frameworks_twice_changes_no_row():
    services.load_frameworks()
    before = rows()

    services.load_frameworks()

    assert rows() == before


def test_load_frameworks_again_keeps_what_editors_wrote():
    services.load_frameworks()
    Competency.objects.filter(code="MA-1").update(name={"en": "Ours", "es": "Nuestro"})

    services.load_frameworks()

    assert Competency.objects.get(code="MA-1").name["en"] == "Ours"


def test_competency_gone_from_its_file_is_archived_and_comes_back(folder, now):
    services.load_frameworks()
    key = Competency.objects.get(code="MA-9").pk

    services.load_frameworks(folder("ma-chw", lambda content: content["competencies"].pop(8)), now=now)
    archived = Competency.objects.get(code="MA-9")
    services.load_frameworks()

    assert (archived.pk, archived.archived_at) == (key, now)
    assert Competency.objects.get(code="MA-9").archived_at is None
    assert Competency.objects.filter(framework__code="MA-CHW").count() == 10


def test_archive_competency_twice_keeps_the_first_moment(learner, now):
    competency = CompetencyFactory()

    services.archive_competency(competency, actor=learner, now=now)
    services.archive_competency(competency, actor=learner)

    assert Competency.objects.get().archived_at == now


def test_restore_competency_twice_is_once(learner, now):
    competency = CompetencyFactory(archived_at=now)

    services.restore_competency(competency, actor=learner)
    services.restore_competency(competency, actor=learner)

    assert Competency.objects.get().archived_at is None


# --- Packs --------------------------------------------------------------------------------------------------------


def test_load_packs_twice_changes_no_row():
    services.load_frameworks()
    services.load_packs()
    before = rows()

    services.load_packs()

    assert rows() == before
    # Two packs of Massachusetts are for one credential; the two of Nevada are for one authority.
    assert (len(before["RequirementSet"]), len(before["Credential"]), len(before["Organization"])) == (14, 13, 12)


def test_load_packs_again_keeps_a_credential_that_editors_changed(massachusetts, folder):
    Credential.objects.filter(pk=massachusetts.pk).update(cycle_months=12)

    services.load_packs(folder("ma-renewal", lambda content: content["name"].update(en="Other")), today=TODAY)

    massachusetts.refresh_from_db()
    assert massachusetts.cycle_months == 12


def test_words_of_rules_in_force_are_corrected_in_place(massachusetts, folder):
    key = RequirementSet.objects.get(code="ma-renewal").pk

    def change(content):
        content["requirements"][0]["text"]["en"] = "Fifteen hours."
        content["requirements"][1]["verification"] = "unverified"

    services.load_packs(folder("ma-renewal", change), today=TODAY)

    requirement_set = RequirementSet.objects.get(code="ma-renewal")
    found = requirement_set.requirements.order_by("sort_order")
    assert requirement_set.pk == key
    assert [(item.code, item.text["en"][:8], item.verification) for item in found[:2]] == [
        ("hours", "Fifteen ", "verified"),
        ("subject", "The subj", "unverified"),
    ]


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda content: content["requirements"][0]["parameters"].update(minutes=960), "hours"),
        (lambda content: content["requirements"].pop(2), "provider"),
        (
            lambda content: content["requirements"][0].update(
                waived={"from": date(2026, 1, 1), "to": date(2026, 2, 1)}
            ),
            "hours",
        ),
        (lambda content: content.update(effective_from=date(2027, 1, 1)), "dates"),
        (lambda content: content.update(minutes_per_hour=50), "dates"),
    ],
)
def test_figures_of_rules_in_force_are_never_edited(massachusetts, folder, change, what):
    before = rows()

    with pytest.raises(RulesInForce, match=f"ma-renewal/pack.yaml .* version 1, .*{what}.*Raise the version"):
        services.load_packs(folder("ma-renewal", change), today=TODAY)

    assert rows() == before


def test_a_changed_rule_under_the_next_version_stands_beside_the_old(massachusetts, folder):
    def change(content):
        content["requirements"][0]["parameters"]["minutes"] = 1200
        content.update(version=2, effective_from=date(2026, 9, 1))

    services.load_packs(folder("ma-renewal", change), today=TODAY)

    before = services.requirement_set_in_force("ma-renewal", date(2026, 8, 31))
    after = services.requirement_set_in_force("ma-renewal", date(2026, 9, 1))
    assert (before.version, after.version) == (1, 2)
    assert after.requirements.get(code="hours").parameters == {"minutes": 1200, "window_months": 24}


def test_figures_of_rules_to_come_may_change(massachusetts, folder):
    def change(content):
        content.update(version=2, effective_from=date(2026, 9, 1))

    services.load_packs(folder("ma-renewal", change), today=TODAY)

    def change_again(content):
        change(content)
        content["requirements"].pop(2)
        content["requirements"][0]["parameters"]["minutes"] = 1200

    services.load_packs(folder("ma-renewal", change_again), today=TODAY)

    found = RequirementSet.objects.get(code="ma-renewal", version=2).requirements.order_by("sort_order")
    assert [(item.code, item.parameters.get("minutes")) for item in found] == [("hours", 1200), ("subject", None)]


def test_one_bad_file_loads_nothing(folder):
    path = folder("ma-renewal")
    (path / "zz-bad").mkdir()
    (path / "zz-bad" / "pack.yaml").write_text("code: [")

    with pytest.raises(DataFileError, match=r"zz-bad/pack\.yaml"):
        services.load_packs(path)

    assert RequirementSet.objects.count() == 0


def test_every_pack_says_that_it_is_a_sample(massachusetts):
    for requirement_set in RequirementSet.objects.all():
        assert requirement_set.notice["en"].startswith("Sample: confirm with your board.")
        assert requirement_set.notice["es"].startswith("Ejemplo: confirme con su junta.")


def test_no_set_in_force_is_said_in_words():
    RequirementSetFactory(code="rules", effective_from=date(2026, 1, 1), effective_to=date(2026, 6, 30))

    assert services.requirement_set_in_force("rules", date(2026, 1, 1)).version == 1
    assert services.requirement_set_in_force("rules", date(2026, 6, 30)).version == 1
    for day in (date(2025, 12, 31), date(2026, 7, 1)):
        with pytest.raises(NoRequirementSet, match="No rules with the code rules"):
            services.requirement_set_in_force("rules", day)


def test_sets_in_force_are_one_version_of_each_code(django_assert_num_queries):
    credential = CredentialFactory()
    for version, start in [(1, date(2020, 1, 1)), (2, date(2026, 1, 1)), (3, date(2027, 1, 1))]:
        RequirementSetFactory(credential=credential, code="a", version=version, effective_from=start)
    RequirementSetFactory(credential=credential, code="b")

    with django_assert_num_queries(2):
        found = services.requirement_sets_in_force(TODAY)

    assert [(item.code, item.version) for item in found] == [("a", 2), ("b", 1)]


def test_facts_follow_the_order_of_the_set():
    requirement_set = RequirementSetFactory()
    RequirementFactory(requirement_set=requirement_set, code="second", sort_order=2)
    RequirementFactory(requirement_set=requirement_set, code="first", sort_order=1)

    facts = services.facts_of(requirement_set)

    assert [item.code for item in facts.requirements] == ["first", "second"]
    assert facts.effective_from == date(2020, 1, 1)


def test_new_version_is_a_copy_to_come(massachusetts, learner):
    old = RequirementSet.objects.get(code="ma-renewal")

    new = services.open_new_version(old, effective_from=date(2026, 3, 16), actor=learner, today=TODAY)
    newer = services.open_new_version(old, effective_from=date(2026, 3, 16), actor=learner, today=TODAY)

    assert (new.version, newer.version) == (2, 3)
    assert services.facts_of(new).requirements == services.facts_of(old).requirements
    assert services.requirement_set_in_force("ma-renewal", TODAY) == old


def test_new_version_starts_on_a_day_to_come(massachusetts, learner):
    old = RequirementSet.objects.get(code="ma-renewal")

    with pytest.raises(RulesInForce, match="a day to come"):
        services.open_new_version(old, effective_from=TODAY, actor=learner, today=TODAY)

    assert RequirementSet.objects.filter(code="ma-renewal").count() == 1


# --- The shipped packs against the vectors ------------------------------------------------------------------------


def test_renewal_pack_judges_the_first_vector(massachusetts):
    facts = services.facts_of(services.requirement_set_in_force("ma-renewal", TODAY))
    fields = {"delivery": "self_paced", "provider": "A"}
    evidence = [
        Evidence(id="a", minutes=870, earned_on=date(2026, 1, 1), competencies={"MA-8": 870}, **fields),
        Evidence(id="b", minutes=120, earned_on=date(2025, 7, 1), competencies={"MA-8": 120}, **fields),
    ]

    approval = ApprovalFacts(provider="A", authority="MA-BOARD", status=Standing.FULL)

    answer = evaluate(facts, evidence, as_of=TODAY, expires_on=date(2027, 7, 31), approvals=(approval,))

    assert (answer.status, answer.counted_minutes, answer.short_minutes) == (Status.SHORT, 870, 30)


@pytest.mark.parametrize(
    ("as_of", "counted", "status"),
    [(date(2028, 7, 31), 5400, "waived"), (date(2028, 8, 1), 5160, "met")],
)
def test_initial_pack_caps_online_hours_once_the_waiver_ends(massachusetts, as_of, counted, status):
    facts = services.facts_of(services.requirement_set_in_force("ma-initial", as_of))
    evidence = [
        Evidence(id="a", minutes=3600, earned_on=TODAY, delivery="self_paced"),
        Evidence(id="b", minutes=1800, earned_on=TODAY, delivery="in_person"),
    ]

    answer = evaluate(facts, evidence, as_of=as_of)

    assert (answer.counted_minutes, answer.result("online-cap").status) == (counted, status)
    assert answer.status == Status.CANNOT_TELL


# --- Cycles -------------------------------------------------------------------------------------------------------


def test_cycle_is_assumed_until_the_person_says_so(massachusetts, learner):
    assumed = services.cycle_of(learner, massachusetts, "renewal", today=TODAY)
    services.set_cycle(learner, massachusetts, "renewal", expires_on=date(2027, 7, 30), today=TODAY)
    saved = services.cycle_of(learner, massachusetts, "renewal", today=TODAY)

    assert (assumed.expires_on, assumed.is_assumed) == (date(2027, 7, 31), True)
    assert (saved.expires_on, saved.is_assumed) == (date(2027, 7, 30), False)


def test_cycle_of_first_certification_ends_on_no_day(massachusetts, learner):
    assert services.cycle_of(learner, massachusetts, "initial", today=TODAY).expires_on is None


def test_cycle_without_a_fixed_day_ends_on_no_day(learner):
    assert services.cycle_of(learner, CredentialFactory(), "renewal", today=TODAY).expires_on is None


def test_set_cycle_twice_is_one_row_with_the_last_day(massachusetts, learner):
    services.set_cycle(learner, massachusetts, "renewal", expires_on=date(2027, 7, 30), today=TODAY)
    services.set_cycle(learner, massachusetts, "renewal", expires_on=date(2027, 7, 31), today=TODAY)

    assert [cycle.expires_on for cycle in Cycle.objects.all()] == [date(2027, 7, 31)]


@pytest.mark.parametrize(
    ("expires_on", "is_taken"),
    [
        (date(2024, 3, 14), False),
        (date(2024, 3, 15), True),
        (date(2030, 3, 15), True),
        (date(2030, 3, 16), False),
    ],
)
def test_set_cycle_takes_sensible_days_only(massachusetts, learner, expires_on, is_taken):
    if is_taken:
        services.set_cycle(learner, massachusetts, "renewal", expires_on=expires_on, today=TODAY)
    else:
        with pytest.raises(InvalidCycle, match=r"between March 15, 2024 and March 15, 2030\."):
            services.set_cycle(learner, massachusetts, "renewal", expires_on=expires_on, today=TODAY)

    assert Cycle.objects.exists() is is_taken


def test_expiry_days_are_told_or_assumed(massachusetts, learner, django_assert_num_queries):
    people = UserFactory.create_batch(2)
    services.set_cycle(learner, massachusetts, "renewal", expires_on=date(2027, 7, 30), today=TODAY)
    services.follow(people[0], "ma-renewal", on=TODAY)  # works toward it, and told no day

    with django_assert_num_queries(1):
        days = services.expiry_days(
            [learner.pk, *(person.pk for person in people)], massachusetts, "renewal", today=TODAY
        )

    assert list(days.values()) == [date(2027, 7, 30), date(2027, 7, 31), date(2027, 7, 31)]


# --- Whose rules --------------------------------------------------------------------------------------------------


def followed(person):
    found = services.followed_sets(services.requirement_sets_in_force(TODAY), services.cycles_of(person))
    return [item.code for item in found]


def test_who_has_chosen_nothing_sees_the_first_credentials(massachusetts, learner):
    assert followed(learner) == ["ma-renewal", "ma-initial"]


def test_no_set_in_force_is_none_to_follow(learner):
    assert followed(learner) == []


def test_follow_twice_is_once_and_keeps_what_was_shown(massachusetts, learner):
    services.follow(learner, "tx-renewal", on=TODAY)
    services.follow(learner, "tx-renewal", on=TODAY)

    assert followed(learner) == ["ma-renewal", "tx-renewal", "ma-initial"]
    assert Cycle.objects.count() == 3


def test_follow_unknown_rules_is_refused(massachusetts, learner):
    with pytest.raises(NoRequirementSet):
        services.follow(learner, "xx-renewal", on=TODAY)

    assert not Cycle.objects.exists()


def test_unfollow_twice_is_once(massachusetts, learner):
    services.unfollow(learner, "ma-initial", on=TODAY)
    services.unfollow(learner, "ma-initial", on=TODAY)

    assert followed(learner) == ["ma-renewal"]


def test_unfollow_takes_the_day_with_it(massachusetts, learner):
    services.set_cycle(learner, massachusetts, "renewal", expires_on=date(2027, 7, 30), today=TODAY)
    services.follow(learner, "tx-renewal", on=TODAY)
    services.unfollow(learner, "ma-renewal", on=TODAY)
    services.follow(learner, "ma-renewal", on=TODAY)

    assert services.cycle_of(learner, massachusetts, "renewal", today=TODAY).is_assumed


def test_the_last_rules_cannot_be_hidden(massachusetts, learner):
    services.unfollow(learner, "ma-initial", on=TODAY)

    with pytest.raises(InvalidCycle, match="Choose other rules first"):
        services.unfollow(learner, "ma-renewal", on=TODAY)

    assert followed(learner) == ["ma-renewal"]


def test_one_persons_choice_is_not_anothers(massachusetts, learner):
    services.follow(UserFactory(), "tx-renewal", on=TODAY)

    assert followed(learner) == ["ma-renewal", "ma-initial"]


@pytest.mark.parametrize(
    ("day", "version"),
    [(date(2023, 12, 31), 1), (date(2024, 1, 1), 2), (date(2025, 6, 30), 2), (TODAY, 3), (date(2019, 1, 1), 3)],
)
def test_the_version_in_force_on_the_day_binds(day, version, django_assert_num_queries):
    credential = CredentialFactory()
    spans = [(date(2020, 1, 1), date(2023, 12, 31)), (date(2024, 1, 1), date(2025, 6, 30)), (date(2025, 7, 1), None)]
    for number, (first, last) in enumerate(spans, start=1):
        RequirementSetFactory(
            credential=credential, code="a", version=number, effective_from=first, effective_to=last, binding="start"
        )
    in_force = services.requirement_sets_in_force(TODAY)

    with django_assert_num_queries(0 if day == TODAY else 2):
        (bound,) = services.bound_versions(in_force, {"a": day}, on=TODAY)

    assert bound.version == version


def test_competency_names_are_of_their_framework_and_language(massachusetts):
    with translation.override("es"):
        names = services.competency_names(["MA-CHW", "C3-ROLES", "NONE"])

    first = Competency.objects.get(framework__code="MA-CHW", code="MA-1")
    assert names["MA-CHW"]["MA-1"] == first.name["es"]
    assert (len(names["MA-CHW"]), names["NONE"]) == (10, {})
    assert "MA-1" not in names["C3-ROLES"]
