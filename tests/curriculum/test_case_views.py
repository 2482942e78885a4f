"""The CASE service: public, read-only, cacheable; errors as the standard says them."""

import json

import pytest
from django.test import Client
from django.utils.http import http_date

from curriculum.crosswalks import confirm_link, propose_link, withdraw_link
from curriculum.exporting import export_framework
from curriculum.importing import import_framework
from curriculum.models import CompetencyFramework
from curriculum.services import archive_competency
from tests.curriculum.formats.packages import DOCUMENT, content, item_id, package
from tests.factories.curriculum import CompetencyFactory, CompetencyFrameworkFactory

pytestmark = pytest.mark.django_db
BASE = "/ims/case/v1p1"
SITE = "http://localhost:8000"


@pytest.fixture
def framework():
    import_framework(content(package({"A": None, "A.1": "A", "B": None})), file_name="a.json")
    return CompetencyFramework.objects.get()


def get(client, path, **options):
    return client.get(f"{BASE}{path}", **options)


def test_package_is_the_exported_file(client, framework):
    response = get(client, f"/CFPackages/{DOCUMENT}")

    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    assert response.content == export_framework(framework.code, format="case")


def test_document_says_where_its_package_is(client, framework):
    value = get(client, f"/CFDocuments/{DOCUMENT}").json()

    assert value["title"] == "A framework"
    assert value["CFPackageURI"] == {
        "title": "A framework",
        "identifier": DOCUMENT,
        "uri": f"{SITE}{BASE}/CFPackages/{DOCUMENT}",
    }


def test_item_says_where_its_document_is(client, framework):
    value = get(client, f"/CFItems/{item_id('A.1')}").json()

    assert (value["humanCodingScheme"], value["fullStatement"]) == ("A.1", "Statement A.1")
    assert value["CFDocumentURI"]["uri"] == f"{SITE}{BASE}/CFDocuments/{DOCUMENT}"


def test_item_associations_are_its_parent_its_parts_and_its_confirmed_links(client, framework, learner):
    top = framework.competencies.get(code="A")
    elsewhere, proposed = CompetencyFactory(framework__code="F"), CompetencyFactory()
    confirm_link(propose_link(elsewhere, top, association="exactMatchOf"), actor=learner)
    propose_link(top, proposed)

    value = get(client, f"/CFItemAssociations/{item_id('A')}").json()

    ends = [
        (
            one["originNodeURI"]["identifier"],
            one["associationType"],
            one["destinationNodeURI"]["identifier"],
            one["CFDocumentURI"]["identifier"],
        )
        for one in value["CFAssociations"]
    ]
    assert value["CFItem"]["humanCodingScheme"] == "A"
    assert ends == [
        (item_id("A"), "isChildOf", DOCUMENT, DOCUMENT),
        (item_id("A.1"), "isChildOf", item_id("A"), DOCUMENT),
        (str(elsewhere.identifier), "exactMatchOf", item_id("A"), str(elsewhere.framework.identifier)),
    ]


def test_archived_frameworks_and_competencies_are_served_for_ever(client, framework, learner):
    archive_competency(framework.competencies.get(code="B"), actor=learner)

    assert "statusEndDate" in get(client, f"/CFItems/{item_id('B')}").json()


def test_documents_are_given_page_by_page(client):
    for code in "ABCDE":
        CompetencyFrameworkFactory(code=code, name={"en": code})

    def page(query):
        response = get(client, f"/CFDocuments{query}")
        return [one["title"] for one in response.json()["CFDocuments"]], response.headers

    everything, headers = page("")
    middle, middle_headers = page("?limit=2&offset=2")
    after, _headers = page("?offset=9")
    none, none_headers = page("?limit=0")
    address = f"{SITE}{BASE}/CFDocuments"
    assert (everything, middle, after, none) == (list("ABCDE"), ["C", "D"], [], [])
    assert (headers["X-Total-Count"], middle_headers["X-Total-Count"], none_headers["X-Total-Count"]) == ("5", "5", "5")
    assert middle_headers["Link"] == (
        f'<{address}?limit=2&offset=4>; rel="next", <{address}?limit=2&offset=0>; rel="prev", '
        f'<{address}?limit=2&offset=0>; rel="first", <{address}?limit=2&offset=4>; rel="last"'
    )


# --- Caching ------------------------------------------------------------------------------------------------------


def paths():
    return [
        "/CFDocuments",
        f"/CFDocuments/{DOCUMENT}",
        f"/CFPackages/{DOCUMENT}",
        f"/CFItems/{item_id('A')}",
        f"/CFItemAssociations/{item_id('A')}",
    ]


@pytest.mark.parametrize("path", paths())
def test_answers_may_be_kept_and_asked_for_again(client, framework, path):
    first = get(client, path)
    again = get(client, path, headers={"if-none-match": first["ETag"]})

    assert first["Cache-Control"] == "public, max-age=300"
    assert first["Access-Control-Allow-Origin"] == "*"
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert not first.cookies


@pytest.mark.parametrize("path", paths()[1:])
def test_answers_say_when_they_last_changed(client, framework, path):
    first = get(client, path)
    moment = framework.changed_at.timestamp()

    again = get(client, path, headers={"if-modified-since": first["Last-Modified"]})
    older = get(client, path, headers={"if-modified-since": http_date(moment - 60)})

    assert first["Last-Modified"] == "Fri, 01 Mar 2024 12:00:00 GMT"
    assert (again.status_code, older.status_code) == (304, 200)


def test_confirming_and_withdrawing_a_link_changes_the_validators(client, framework, learner):
    seen = []
    link = propose_link(framework.competencies.get(code="A"), CompetencyFactory())

    def look():
        seen.append([(get(client, path)["ETag"], get(client, path)["Last-Modified"]) for path in paths()[2:5:2]])

    look()
    confirm_link(link, actor=learner)
    look()
    withdraw_link(link, actor=learner)
    look()

    assert all(one[0] != two[0] and one[1] != two[1] for one, two in zip(seen[0], seen[1], strict=True))
    assert [one[0] for one in seen[2]] == [one[0] for one in seen[0]]
    assert all(one[1] != two[1] for one, two in zip(seen[0], seen[2], strict=True))


def test_answers_do_not_depend_on_the_readers_language(client, framework):
    english = get(client, f"/CFPackages/{DOCUMENT}", headers={"accept-language": "en"})
    spanish = get(client, f"/CFPackages/{DOCUMENT}", headers={"accept-language": "es"})

    assert english.content == spanish.content


# --- Errors -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["CFDocuments", "CFPackages", "CFItems", "CFItemAssociations"])
@pytest.mark.parametrize(
    ("identifier", "minor"),
    [("c6366281-815e-44bd-b9fd-3ef54b890f84", "unknownobject"), ("nothing", "invaliduuid"), ("1" * 300, "invaliduuid")],
)
def test_unknown_identifier_is_not_found_as_the_standard_says(client, framework, kind, identifier, minor):
    response = get(client, f"/{kind}/{identifier}")

    value = response.json()
    assert (response.status_code, response["Content-Type"]) == (404, "application/json")
    assert {key: value[key] for key in ("imsx_codeMajor", "imsx_severity")} == {
        "imsx_codeMajor": "failure",
        "imsx_severity": "error",
    }
    assert value["imsx_codeMinor"] == {
        "imsx_codeMinorField": [{"imsx_codeMinorFieldName": "sourcedId", "imsx_codeMinorFieldValue": minor}]
    }
    assert "Cache-Control" not in response


@pytest.mark.parametrize("path", ["", "/", "/CFRubrics/1", "/CFItems", "/CFDocuments/"])
def test_anything_else_is_not_found_in_json(client, path):
    response = client.get(f"{BASE}{path or '/x'}", follow=True)

    assert (response.status_code, response["Content-Type"], response.redirect_chain) == (404, "application/json", [])


@pytest.mark.parametrize(
    "query", ["limit=-1", "limit=x", "limit=", "offset=-1", "offset=1.5", "offset=9999999999", "limit=٣"]
)
def test_wrong_place_in_the_list_is_refused(client, query):
    response = get(client, f"/CFDocuments?{query}")

    field = response.json()["imsx_codeMinor"]["imsx_codeMinorField"][0]
    assert response.status_code == 400
    assert field == {
        "imsx_codeMinorFieldName": query.split("=")[0],
        "imsx_codeMinorFieldValue": "invalid_selection_field",
    }


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("path", paths())
def test_nothing_can_be_written(framework, method, path):
    before = export_framework(framework.code, format="case")

    response = getattr(Client(enforce_csrf_checks=True), method)(f"{BASE}{path}", json.dumps({}), "application/json")

    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")
    assert response.json()["imsx_codeMajor"] == "failure"
    assert export_framework(framework.code, format="case") == before


# --- What it costs ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_documents_cost_two_queries(client, count, django_assert_num_queries):
    CompetencyFrameworkFactory.create_batch(count)

    with django_assert_num_queries(2):
        assert len(get(client, "/CFDocuments").json()["CFDocuments"]) == count


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("kind", "queries"), [("CFDocuments", 1), ("CFPackages", 4), ("CFItems", 1), ("CFItemAssociations", 3)]
)
def test_every_answer_costs_the_same_for_three_rows_as_for_one(
    client, learner, kind, queries, count, django_assert_num_queries
):
    framework = CompetencyFrameworkFactory()
    rows = CompetencyFactory.create_batch(count, framework=framework)
    for _number in range(count):
        confirm_link(propose_link(rows[0], CompetencyFactory()), actor=learner)
    identifier = framework.identifier if kind in {"CFDocuments", "CFPackages"} else rows[0].identifier

    with django_assert_num_queries(queries):
        assert get(client, f"/{kind}/{identifier}").status_code == 200
