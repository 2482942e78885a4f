"""Curriculum in the CMS: who may look, who may change, and what nobody may."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from curriculum.models import Competency, Requirement, RequirementSet
from tests.factories.curriculum import (
    CompetencyFactory,
    CompetencyFrameworkFactory,
    CredentialFactory,
    RequirementFactory,
    RequirementSetFactory,
)
from tests.factories.people import UserFactory

pytestmark = pytest.mark.django_db
MODELS = ["competencyframework", "competency", "credential", "requirementset"]


def with_rights(*actions):
    person = UserFactory()
    codenames = ["access_admin", *(f"{action}_{model}" for action in actions for model in MODELS)]
    person.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return person


@pytest.fixture
def trainer():
    return with_rights("view")


@pytest.fixture
def keeper():
    return with_rights("view", "add", "change", "delete")


@pytest.fixture
def rows():
    return {
        "competencyframework": CompetencyFrameworkFactory(),
        "competency": CompetencyFactory(),
        "credential": CredentialFactory(),
        "requirementset": RequirementFactory(requirement_set__effective_from=date(2999, 1, 1)).requirement_set,
    }


def said(response):
    return [str(message).strip() for message in response.context["messages"]]


@pytest.mark.parametrize("model", MODELS)
def test_trainer_looks_but_does_not_change(client, trainer, rows, model):
    client.force_login(trainer)
    key = rows[model].pk

    seen = [client.get(reverse(f"{model}:index")), client.get(reverse(f"{model}:inspect", args=[key]))]
    refused = [
        client.get(reverse(f"{model}:add")),
        client.get(reverse(f"{model}:edit", args=[key])),
        client.post(reverse(f"{model}:edit", args=[key]), {}),
        client.post(reverse(f"{model}:delete", args=[key])),
    ]

    assert [response.status_code for response in seen] == [200, 200]
    assert str(rows[model].name) in seen[0].content.decode()
    assert [response.status_code for response in refused] == [302] * 4
    assert {response.url for response in refused} == {reverse("wagtailadmin_home")}
    assert type(rows[model]).objects.filter(pk=key).exists()


@pytest.mark.parametrize("model", MODELS)
def test_stranger_is_turned_away(client, stranger, rows, model):
    client.force_login(stranger)

    for name, args in [("index", []), ("add", []), ("edit", [rows[model].pk]), ("inspect", [rows[model].pk])]:
        response = client.get(reverse(f"{model}:{name}", args=args))
        assert response.status_code in {302, 403}, name


@pytest.mark.parametrize("model", MODELS[:3])
def test_nobody_deletes_what_may_be_cited(client, rows, model):
    client.force_login(UserFactory(is_superuser=True))

    client.post(reverse(f"{model}:delete", args=[rows[model].pk]))

    assert type(rows[model]).objects.filter(pk=rows[model].pk).exists()


@pytest.mark.parametrize("model", MODELS)
def test_keeper_opens_every_form(client, keeper, rows, model):
    client.force_login(keeper)

    for url in (reverse(f"{model}:add"), reverse(f"{model}:edit", args=[rows[model].pk])):
        html = client.get(url).content.decode()
        assert 'name="name_en"' in html
        assert 'name="name_es"' in html
        assert "curriculum/translated.css" in html


def test_keeper_writes_both_languages_side_by_side(client, keeper, rows):
    client.force_login(keeper)
    data = {"framework": rows["competencyframework"].pk, "code": "N-1", "verification": "unverified", "source_url": ""}

    refused = client.post(reverse("competency:add"), {**data, "name_es": "Nueva"})
    client.post(reverse("competency:add"), {**data, "name_en": "New", "name_es": "Nueva", "description_es": "Solo"})

    assert "Please write this in English too." in refused.content.decode()
    made = Competency.objects.get(code="N-1")
    assert (made.name, made.description) == ({"en": "New", "es": "Nueva"}, {"es": "Solo"})


def test_search_and_filter_find_competencies(client, trainer, massachusetts, now):
    Competency.objects.filter(code="MA-9").update(archived_at=now)
    client.force_login(trainer)

    def codes(**query):
        page = client.get(reverse("competency:index"), query)
        return [item.code for item in page.context["object_list"]]

    assert codes(q="evaluación de la persona") == ["S7", "MA-2", "RI-2"]
    assert codes(q="MA-10") == ["MA-10"]
    assert codes(archived_at__isnull="false") == ["MA-9"]
    assert len(codes(p=2)) == 20


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("model", MODELS)
def test_list_asks_as_often_for_three_rows_as_for_one(client, trainer, model, count, django_assert_num_queries):
    factory = {
        "competencyframework": CompetencyFrameworkFactory,
        "competency": CompetencyFactory,
        "credential": CredentialFactory,
        "requirementset": RequirementSetFactory,
    }[model]
    factory.create_batch(count)
    client.force_login(trainer)
    client.get(reverse(f"{model}:index"))

    with django_assert_num_queries(LIST_QUERIES[model]):
        client.get(reverse(f"{model}:index"))


LIST_QUERIES = {"competencyframework": 10, "competency": 11, "credential": 12, "requirementset": 11}


# --- Archiving ----------------------------------------------------------------------------------------------------


def test_competency_is_archived_after_a_question_and_restored(client, keeper, rows):
    client.force_login(keeper)
    key = rows["competency"].pk

    question = client.get(reverse("competency:archive", args=[key]))
    before = Competency.objects.get(pk=key).is_archived
    client.post(reverse("competency:archive", args=[key]))
    archived = Competency.objects.get(pk=key).is_archived
    client.post(reverse("competency:restore", args=[key]))

    assert "Yes, archive it" in question.content.decode()
    assert (before, archived, Competency.objects.get(pk=key).is_archived) == (False, True, False)


@pytest.mark.parametrize("name", ["archive", "restore"])
def test_only_keepers_archive(client, trainer, stranger, rows, name):
    for person in (trainer, stranger):
        client.force_login(person)
        client.post(reverse(f"competency:{name}", args=[rows["competency"].pk]))

    assert Competency.objects.get(pk=rows["competency"].pk).archived_at is None


def test_archiving_nothing_is_not_found(client, keeper):
    client.force_login(keeper)

    # The language middleware sends every address it does not know below a language first.
    assert client.post(reverse("competency:archive", args=[0]), follow=True).status_code == 404


# --- Requirement sets ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["edit", "delete"])
def test_rules_in_force_are_shown_instead_of_changed(client, rows, name):
    client.force_login(UserFactory(is_superuser=True))
    requirement_set = RequirementSetFactory(effective_from=timezone.localdate())

    response = client.post(reverse(f"requirementset:{name}", args=[requirement_set.pk]), follow=True)

    assert response.redirect_chain == [(reverse("requirementset:inspect", args=[requirement_set.pk]), 302)]
    assert said(response) == ["These rules are in force, so they stay as they are. Copy them as a new version."]
    assert RequirementSet.objects.filter(pk=requirement_set.pk).exists()
    assert reverse("requirementset:edit", args=[requirement_set.pk]) not in response.content.decode()


def test_rules_to_come_may_be_deleted(client, keeper, rows):
    client.force_login(keeper)

    client.post(reverse("requirementset:delete", args=[rows["requirementset"].pk]))

    assert not RequirementSet.objects.exists()


def test_rules_are_copied_as_a_new_version(client, keeper):
    client.force_login(keeper)
    old = RequirementFactory().requirement_set
    url = reverse("requirementset:new_version", args=[old.pk])
    tomorrow = timezone.localdate() + timedelta(days=1)

    refused = client.post(url, {"effective_from": timezone.localdate().isoformat()})
    count = RequirementSet.objects.count()
    made = client.post(url, {"effective_from": tomorrow.isoformat()})

    new = RequirementSet.objects.get(version=2)
    assert "A new version starts on a day to come" in refused.content.decode()
    assert count == 1
    assert made.url == reverse("requirementset:edit", args=[new.pk])
    assert (new.code, new.effective_from, new.requirements.count()) == (old.code, tomorrow, 1)


def test_trainer_copies_no_rules(client, trainer):
    client.force_login(trainer)
    old = RequirementSetFactory()

    client.post(reverse("requirementset:new_version", args=[old.pk]), {"effective_from": "2999-01-01"})

    assert RequirementSet.objects.count() == 1


def inline(*rows, initial=0):
    data = {
        "requirements-TOTAL_FORMS": len(rows),
        "requirements-INITIAL_FORMS": initial,
        "requirements-MIN_NUM_FORMS": 0,
        "requirements-MAX_NUM_FORMS": 1000,
    }
    for index, row in enumerate(rows):
        for name, value in row.items():
            data[f"requirements-{index}-{name}"] = value
        data[f"requirements-{index}-ORDER"] = index + 1
        data[f"requirements-{index}-verification"] = "unverified"
    return data


@pytest.fixture
def form_data(rows):
    return {
        "credential": rows["credential"].pk,
        "purpose": "renewal",
        "code": "mine",
        "version": 1,
        "name_en": "Mine",
        "effective_from": "2999-01-01",
        "minutes_per_hour": 60,
        "binding": "application",
    }


def test_rules_are_written_in_a_form(client, keeper, form_data):
    client.force_login(keeper)
    first = {"code": "hours", "kind": "total_minimum", "parameters": '{"minutes": 900}', "text_en": "15 hours."}
    second = {
        "code": "age",
        "kind": "person_eligibility",
        "parameters": '{"years": 18}',
        "text_en": "18.",
        "text_es": "18 años.",
    }

    client.post(reverse("requirementset:add"), form_data | inline(second, first))

    made = Requirement.objects.filter(requirement_set__code="mine").order_by("sort_order")
    assert [(item.code, item.parameters, item.text) for item in made] == [
        ("age", {"years": 18}, {"en": "18.", "es": "18 años."}),
        ("hours", {"minutes": 900}, {"en": "15 hours."}),
    ]


@pytest.mark.parametrize(
    ("rows_given", "message"),
    [
        ([("hours", "total_minimum", '{"minutes": 1.5}')], "“minutes” must be a whole number above zero."),
        ([("hours", "total_minimum", "{}")], "“minutes” is missing."),
        (
            [("a", "total_minimum", '{"minutes": 1}'), ("b", "total_minimum", '{"minutes": 2}')],
            "A group of rules has one total at most.",
        ),
        (
            [("cap", "credit_cap", '{"deliveries": ["recorded"], "share_percent": 70}')],
            "“cap” is a share of a total, and there is no total beside it or above it.",
        ),
    ],
)
def test_rules_that_cannot_be_applied_are_refused_in_words(client, keeper, form_data, rows_given, message):
    client.force_login(keeper)
    given = [
        {"code": code, "kind": kind, "parameters": parameters, "text_en": "Text."}
        for code, kind, parameters in rows_given
    ]

    response = client.post(reverse("requirementset:add"), form_data | inline(*given))

    assert message in response.content.decode()
    assert not RequirementSet.objects.filter(code="mine").exists()
