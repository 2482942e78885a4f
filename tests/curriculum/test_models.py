"""What the database refuses, and what a form refuses in words."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from curriculum.evaluation import PARAMETERS, Fault
from curriculum.kinds import FAULT_SENTENCES, KIND_NAMES, fault_sentence
from curriculum.models import (
    Competency,
    CompetencyFramework,
    CompetencyLink,
    Credential,
    Cycle,
    FrameworkUpload,
    Requirement,
    RequirementSet,
)
from tests.factories.curriculum import (
    CompetencyFactory,
    CompetencyFrameworkFactory,
    CredentialFactory,
    RequirementFactory,
    RequirementSetFactory,
)

pytestmark = pytest.mark.django_db


def refused(make, **fields):
    """Whether the database refuses the row."""
    try:
        with transaction.atomic():
            make(**fields)
    except IntegrityError:
        return True
    return False


def test_framework_code_is_unique():
    CompetencyFrameworkFactory(code="X")

    assert refused(CompetencyFrameworkFactory, code="X")


def test_competency_code_is_unique_in_its_framework_only():
    competency = CompetencyFactory(code="X")

    assert refused(CompetencyFactory, framework=competency.framework, code="X")
    assert not refused(CompetencyFactory, code="X")


def test_credential_code_is_unique():
    CredentialFactory(code="x")

    assert refused(CredentialFactory, code="x")


def test_requirement_set_version_is_unique_for_its_code():
    requirement_set = RequirementSetFactory(code="x")

    assert refused(RequirementSetFactory, credential=requirement_set.credential, code="x", version=1)
    assert not refused(RequirementSetFactory, credential=requirement_set.credential, code="x", version=2)


def test_requirement_code_is_unique_in_its_set_only():
    requirement = RequirementFactory(code="x")

    assert refused(RequirementFactory, requirement_set=requirement.requirement_set, code="x")
    assert not refused(RequirementFactory, code="x")


def test_one_cycle_for_each_purpose(learner):
    credential = CredentialFactory()
    fields = {"person": learner, "credential": credential, "expires_on": date(2027, 7, 31)}
    Cycle.objects.create(purpose="renewal", **fields)

    assert refused(Cycle.objects.create, purpose="renewal", **fields)
    assert not refused(Cycle.objects.create, purpose="initial", **fields)


@pytest.mark.parametrize(
    ("fields", "is_refused"),
    [
        ({}, False),
        ({"fixed_expiry_month": 7, "fixed_expiry_day": 31, "fixed_expiry_years": "odd"}, False),
        ({"fixed_expiry_month": 7, "fixed_expiry_day": 31}, True),
        ({"fixed_expiry_month": 7, "fixed_expiry_years": "odd"}, True),
        ({"fixed_expiry_years": "odd"}, True),
        ({"fixed_expiry_month": 0, "fixed_expiry_day": 31, "fixed_expiry_years": "odd"}, True),
        ({"fixed_expiry_month": 13, "fixed_expiry_day": 31, "fixed_expiry_years": "odd"}, True),
        ({"fixed_expiry_month": 12, "fixed_expiry_day": 0, "fixed_expiry_years": "odd"}, True),
        ({"fixed_expiry_month": 12, "fixed_expiry_day": 32, "fixed_expiry_years": "odd"}, True),
        ({"fixed_expiry_month": 7, "fixed_expiry_day": 31, "fixed_expiry_years": "leap"}, True),
        ({"cycle_months": 0}, True),
        ({"cycle_months": 1}, False),
    ],
)
def test_credential_expiry_is_whole_or_none(fields, is_refused):
    assert refused(CredentialFactory, **fields) is is_refused


@pytest.mark.parametrize(
    ("fields", "is_refused"),
    [
        ({"effective_to": date(2020, 1, 1)}, False),
        ({"effective_to": date(2019, 12, 31)}, True),
        ({"minutes_per_hour": 0}, True),
        ({"minutes_per_hour": 50}, False),
        ({"version": 0}, True),
        ({"purpose": "other"}, True),
    ],
)
def test_requirement_set_figures(fields, is_refused):
    assert refused(RequirementSetFactory, **fields) is is_refused


@pytest.mark.parametrize(
    ("first", "last", "is_refused"),
    [
        (None, None, False),
        (date(2026, 1, 1), date(2026, 1, 1), False),
        (date(2026, 1, 2), date(2026, 1, 1), True),
        (date(2026, 1, 1), None, True),
        (None, date(2026, 1, 1), True),
    ],
)
def test_waiver_is_whole_and_ordered(first, last, is_refused):
    assert refused(RequirementFactory, waived_from=first, waived_to=last) is is_refused


def test_cycle_purpose_is_known(learner):
    assert refused(Cycle.objects.create, person=learner, credential=CredentialFactory(), purpose="other")


@pytest.mark.parametrize(
    ("factory", "model", "child"),
    [
        (CompetencyFactory, CompetencyFramework, "framework"),
        (RequirementSetFactory, Credential, "credential"),
    ],
)
def test_what_is_cited_is_not_deleted(factory, model, child):
    row = factory()

    with pytest.raises(ProtectedError):
        getattr(row, child).delete()

    assert model.objects.filter(pk=getattr(row, child).pk).exists()


def messages_of(row):
    with pytest.raises(ValidationError) as caught:
        row.full_clean()
    return caught.value.message_dict


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"kind": "sum"}, {"kind": ["Value 'sum' is not a valid choice.", "This kind of rule is not known."]}),
        ({"parameters": {}}, {"parameters": ["“minutes” is missing."]}),
        ({"parameters": {"minutes": 1.5}}, {"parameters": ["“minutes” must be a whole number above zero."]}),
        ({"code": "a b"}, {"code": ["Use letters, digits, dots and hyphens only."]}),
        (
            {"waived_from": date(2026, 1, 2), "waived_to": date(2026, 1, 1)},
            {"__all__": ["A waiver needs a first and a last day, in this order."]},
        ),
    ],
)
def test_requirement_is_refused_in_words(fields, expected):
    requirement = RequirementFactory()
    for name, value in fields.items():
        setattr(requirement, name, value)

    assert messages_of(requirement) == expected


def test_requirement_set_dates_are_refused_in_words():
    requirement_set = RequirementSetFactory()
    requirement_set.effective_to = date(2019, 1, 1)

    assert messages_of(requirement_set) == {"__all__": ["The last day in force comes before the first."]}


def test_code_of_a_requirement_set_belongs_to_one_credential_and_purpose():
    requirement_set = RequirementSetFactory(code="x")
    elsewhere = RequirementSetFactory.build(
        code="x", version=2, credential=CredentialFactory(), name={"en": "X", "es": "X"}
    )
    same = RequirementSetFactory.build(
        code="x", version=2, credential=requirement_set.credential, name={"en": "X", "es": "X"}
    )

    assert messages_of(elsewhere) == {"code": ["This code is used for another credential or purpose."]}
    same.full_clean()


def test_fixed_expiry_is_refused_in_words():
    credential = CredentialFactory()
    credential.fixed_expiry_month = 7

    assert messages_of(credential) == {
        "__all__": ["A fixed expiry day needs its month, its day and its years, or none of them."]
    }


def test_every_kind_has_a_name():
    assert set(KIND_NAMES) == set(PARAMETERS)


@pytest.mark.parametrize("code", FAULT_SENTENCES)
def test_every_fault_is_a_sentence(code):
    sentence = fault_sentence(Fault("minutes", code))

    assert sentence[-1] == "."
    assert "%(" not in sentence


@pytest.mark.parametrize(("day", "has_started"), [(date(2019, 12, 31), False), (date(2020, 1, 1), True)])
def test_rules_have_started_from_their_first_day(day, has_started):
    assert RequirementSetFactory.build(effective_from=date(2020, 1, 1)).has_started(day) is has_started


def test_rows_print_what_they_are(learner):
    requirement = RequirementFactory(requirement_set__code="set", requirement_set__name={"en": "Rules"})
    cycle = Cycle(person=learner, credential=CredentialFactory(name={"en": "Paper"}), purpose="renewal")

    assert [
        str(CompetencyFactory(code="X", name={"en": "Name"})),
        str(CompetencyFrameworkFactory(code="F", name={})),
        str(requirement.requirement_set),
        str(requirement),
        str(cycle),
    ] == ["X Name", "F", "Rules (set, 1)", "15 hours.", "Rosa María Núñez: Paper, renewal"]
    assert Competency.objects.count() == Requirement.objects.count() == RequirementSet.objects.count() == 1


# --- Trees and links ----------------------------------------------------------------------------------------------


def chain(length, framework):
    rows = []
    for _level in range(length):
        rows.append(CompetencyFactory(framework=framework, parent=rows[-1] if rows else None))
    return rows


def moved(competency, **fields):
    return refused(Competency.objects.filter(pk=competency.pk).update, **fields)


def test_competency_is_no_part_of_itself():
    competency = CompetencyFactory()

    assert moved(competency, parent=competency)


@pytest.mark.parametrize("length", [2, 3, 12])
def test_competency_is_no_part_of_its_own_parts(length):
    rows = chain(length, CompetencyFrameworkFactory())

    assert moved(rows[0], parent=rows[-1])
    assert not moved(rows[-1], parent=rows[0])


def test_parent_is_of_the_same_framework():
    competency, other = CompetencyFactory(), CompetencyFactory()

    assert refused(CompetencyFactory, framework=competency.framework, parent=other)
    assert moved(competency, parent=other)


def test_part_and_parent_stay_in_their_framework():
    parent, part = chain(2, CompetencyFrameworkFactory())
    elsewhere = CompetencyFrameworkFactory()

    assert moved(parent, framework=elsewhere)
    assert moved(part, framework=elsewhere)
    assert not moved(CompetencyFactory(), framework=elsewhere)


def test_tree_has_twelve_levels_at_most():
    rows = chain(12, CompetencyFrameworkFactory())

    assert refused(CompetencyFactory, framework=rows[0].framework, parent=rows[-1])


def test_identifiers_are_unique():
    competency = CompetencyFactory()

    assert refused(CompetencyFactory, identifier=competency.identifier)
    assert refused(CompetencyFrameworkFactory, identifier=competency.framework.identifier)


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        (lambda rows, other: {"parent": rows[0]}, "__all__", "A competency cannot be a part of itself."),
        (lambda rows, other: {"parent": rows[1]}, "parent", "That one is a part of this one."),
        (lambda rows, other: {"parent": other}, "parent", "Choose a competency of the same framework."),
        (
            lambda rows, other: {"framework": other.framework},
            "framework",
            "It has parts or links, so it stays in its framework.",
        ),
    ],
)
def test_form_says_in_words_what_the_triggers_refuse(change, field, message):
    rows, other = chain(2, CompetencyFrameworkFactory()), CompetencyFactory()
    for name, value in change(rows, other).items():
        setattr(rows[0], name, value)

    with pytest.raises(ValidationError) as caught:
        rows[0].full_clean()

    # Its own parent is found by the clean method first, where a form shows it beside its field.
    assert message in caught.value.message_dict.get(field, []) or "That one is a part of this one." in str(caught.value)


def test_form_refuses_a_thirteenth_level():
    rows = chain(12, CompetencyFrameworkFactory())
    deeper = CompetencyFactory(framework=rows[0].framework)
    deeper.parent = rows[-1]

    with pytest.raises(ValidationError, match="a framework has 12 levels at most"):
        deeper.full_clean()


def link(**fields):
    ends = {"origin": CompetencyFactory, "destination": CompetencyFactory}
    return CompetencyLink.objects.create(
        **{**{name: make() for name, make in ends.items() if name not in fields}, **fields}
    )


def test_pair_is_linked_once_in_either_direction():
    first = link()

    assert refused(link, origin=first.origin, destination=first.destination)
    assert refused(link, origin=first.destination, destination=first.origin)
    assert not refused(link, origin=first.origin)


def test_link_joins_two_frameworks():
    competency = CompetencyFactory()
    other = CompetencyFactory(framework=competency.framework)

    assert refused(link, origin=competency, destination=other)
    assert refused(link, origin=competency, destination=competency)


def test_linked_competencies_do_not_move_into_one_framework():
    first = link()

    assert moved(first.origin, framework=first.destination.framework)
    assert moved(first.destination, framework=first.origin.framework)
    assert refused(
        CompetencyLink.objects.filter(pk=first.pk).update,
        destination=CompetencyFactory(framework=first.origin.framework),
    )


def test_confirmation_and_withdrawal_are_whole_or_none(learner, now):
    assert refused(link, confirmed_at=now)
    assert refused(link, confirmed_by=learner)
    assert refused(link, withdrawn_at=now)
    assert refused(link, withdrawn_by=learner)
    assert refused(link, confirmed_at=now, confirmed_by=learner, withdrawn_at=now, withdrawn_by=learner)
    assert not refused(link, confirmed_at=now, confirmed_by=learner)


def test_relation_is_a_word_of_case():
    assert refused(link, association="isChildOf")
    assert not refused(link, association="replacedBy")


def test_linked_competency_is_not_deleted():
    first = link()

    with pytest.raises(ProtectedError):
        first.destination.delete()


def test_person_has_one_file_that_waits(learner):
    FrameworkUpload.objects.create(uploaded_by=learner, file_name="a", content=b"1")

    assert refused(FrameworkUpload.objects.create, uploaded_by=learner, file_name="b", content=b"2")


def test_a_rule_is_no_part_of_itself():
    assert refused(RequirementFactory, code="a", part_of="a")


def test_rules_bind_by_a_known_day_only():
    assert refused(RequirementSetFactory, binding="someday")
