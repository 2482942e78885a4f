"""Frameworks in and out in the CMS: who may, what is shown before anything is changed, and what comes after."""

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from curriculum import importing
from curriculum.crosswalks import confirm_link, propose_link, withdraw_link
from curriculum.exporting import export_framework
from curriculum.models import Competency, CompetencyFramework, CompetencyLink
from tests.curriculum.formats.packages import content, package
from tests.factories.curriculum import CompetencyFactory, CompetencyFrameworkFactory
from tests.factories.people import UserFactory

pytestmark = pytest.mark.django_db
CODE = "A-FRAMEWORK-D0000000"


def url(name, *args):
    return reverse(f"competencyframework:{name}", args=args)


def with_rights(*actions):
    person = UserFactory()
    codenames = ["access_admin", *(f"{action}_competencyframework" for action in actions)]
    person.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return person


@pytest.fixture
def trainer():
    return with_rights("view")


@pytest.fixture
def keeper():
    return with_rights("view", "add", "change")


@pytest.fixture
def pair():
    left = CompetencyFactory(framework__code="L", code="A", name={"en": "Listening"})
    right = CompetencyFactory(framework__code="R", code="X", name={"en": "Hearing"})
    return left, right


def said(response):
    return [str(message).strip() for message in response.context["messages"]]


def send(client, value, name="file.json"):
    raw = value if isinstance(value, bytes) else content(value)
    return client.post(url("import"), {"file": SimpleUploadedFile(name, raw)})


# --- In -----------------------------------------------------------------------------------------------------------


def test_file_is_shown_before_it_changes_anything_and_done_after_a_yes(client, keeper):
    client.force_login(keeper)

    sent = send(client, package({"A": None, "A.1": "A"}))
    page = client.get(sent.url)
    before = CompetencyFramework.objects.count()
    done = client.post(sent.url, {"digest": page.context["report"].digest})

    html = page.content.decode()
    framework = CompetencyFramework.objects.get()
    assert sent.url == url("import_confirm")
    assert [(line.action, line.code) for line in page.context["report"].lines] == [
        ("created", CODE), ("created", "A"), ("created", "A.1"),
    ]  # fmt: skip
    assert html.count("is new") == 3
    assert before == 0
    assert done.url == url("inspect", framework.pk)
    assert Competency.objects.get(code="A.1").parent.code == "A"
    assert importing.upload_of(keeper) is None


def test_every_kind_of_line_is_shown(client, keeper):
    importing.import_framework(content(package({"A": None, "B": None, "C": None})), file_name="a.json")
    Competency.objects.filter(code="C").update(archived_at="2026-01-01T00:00Z")
    value = package({"A": None, "C": None, "D": None})
    value["CFItems"][0] |= {"fullStatement": "Newly worded", "CFItemType": "Skill"}
    client.force_login(keeper)

    html = client.get(send(client, value).url).content.decode()

    for part in ("changes", "is in use again", "is new", "is archived", "Newly worded", "“CFItemType” is not kept"):
        assert part in html, part


def test_faults_are_listed_and_the_file_is_not_kept(client, keeper):
    client.force_login(keeper)
    value = package({"A": None, "B": None})
    value["CFItems"][0].pop("fullStatement")
    value["CFItems"][1]["humanCodingScheme"] = "A"

    response = send(client, value, name="<b>.json")

    html = response.content.decode()
    assert response.status_code == 200
    assert "“&lt;b&gt;.json” has 2 faults. Nothing was loaded." in html
    assert "<code>CFItems[1] (A).fullStatement</code>: This is missing." in html
    assert "<code>CFItems[2] (A)</code>: The code “A” is already at CFItems[1] (A)." in html
    assert importing.upload_of(keeper) is None


def test_fault_that_only_this_site_sees_is_shown_at_the_second_step(client, keeper):
    CompetencyFrameworkFactory(code=CODE)
    client.force_login(keeper)

    sent = send(client, package({"A": None}))
    shown = client.get(sent.url)
    posted = client.post(sent.url, {"digest": "x"})

    for response in (shown, posted):
        assert f"The code {CODE} belongs to another framework of this site." in response.content.decode()
    assert not Competency.objects.exists()


def test_yes_counts_only_for_what_was_seen(client, keeper):
    client.force_login(keeper)
    sent = send(client, package({"A": None}))
    digest = client.get(sent.url).context["report"].digest
    importing.import_framework(content(package({"A": None, "B": None})), file_name="a.json")

    response = client.post(sent.url, {"digest": digest})

    assert said(response) == ["The site changed in the meantime. Please look again."]
    assert response.context["report"].codes("archived") == ["B"]
    assert Competency.objects.get(code="B").archived_at is None


def test_file_is_put_aside(client, keeper):
    client.force_login(keeper)
    sent = send(client, package({"A": None}))

    response = client.post(sent.url, {"drop": "1"})
    after = client.get(sent.url)

    assert (response.url, after.url) == (url("index"), url("import"))
    assert not CompetencyFramework.objects.exists()


def test_file_that_says_nothing_new_asks_for_nothing(client, keeper):
    importing.import_framework(content(package({"A": None})), file_name="a.json")
    client.force_login(keeper)

    html = client.get(send(client, package({"A": None})).url).content.decode()

    assert "There is nothing to do." in html
    assert "Yes, do it" not in html


@pytest.mark.parametrize("value", [b"", b"x" * (10 * 1024 * 1024 + 1)], ids=["empty", "large"])
def test_empty_and_large_files_are_refused_by_the_form(client, keeper, value):
    client.force_login(keeper)

    response = send(client, value)

    assert response.status_code == 200
    assert list(response.context["form"].errors) == ["file"]


def test_nobody_confirms_the_file_of_another(client, keeper):
    client.force_login(keeper)
    send(client, package({"A": None}))
    client.force_login(with_rights("view", "change"))

    response = client.post(url("import_confirm"), {"digest": "x"})

    assert response.url == url("import")
    assert not CompetencyFramework.objects.exists()


# --- Out ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("format", "content_type", "name"),
    [("case", "application/json", "L.json"), ("csv", "text/csv; charset=utf-8", "L.csv")],
)
def test_framework_is_downloaded(client, trainer, pair, format, content_type, name):
    client.force_login(trainer)

    response = client.get(url("export", pair[0].framework.pk, format))

    assert response.content == export_framework("L", format=format)
    assert (response["Content-Type"], response["Content-Disposition"]) == (
        content_type,
        f'attachment; filename="{name}"',
    )


@pytest.mark.parametrize("args", [(0, "case"), (None, "xml")])
def test_other_downloads_are_not_found(client, trainer, pair, args):
    client.force_login(trainer)

    assert (
        client.get(
            url("export", args[0] or (pair[0].framework.pk if args[0] is None else 0), args[1]), follow=True
        ).status_code
        == 404
    )


# --- Between two --------------------------------------------------------------------------------------------------


def test_link_is_proposed_confirmed_and_withdrawn(client, keeper, pair):
    client.force_login(keeper)
    left, right = pair
    page = url("crosswalk", left.framework.pk, right.framework.pk)
    data = {"origin": left.pk, "destination": right.pk, "association": "exactMatchOf", "note": "N", "source": "S"}

    proposed = client.post(page, data, follow=True)
    again = client.post(page, data, follow=True)
    link = CompetencyLink.objects.get()
    confirmed = client.post(url("link_deed", link.pk, "confirm"), {"left": left.framework.pk}, follow=True)
    shown = client.get(page).content.decode()
    withdrawn = client.post(url("link_deed", link.pk, "withdraw"), {"left": right.framework.pk}, follow=True)
    refused = client.post(url("link_deed", link.pk, "confirm"), follow=True)

    link.refresh_from_db()
    assert [said(one) for one in (proposed, again, confirmed, withdrawn, refused)] == [
        ["The link is proposed."],
        ["The link is proposed."],
        ["You confirmed the link."],
        ["The link was withdrawn."],
        ["This link was withdrawn. Propose it again first."],
    ]
    assert confirmed.redirect_chain == [(page, 302)]
    assert withdrawn.redirect_chain == [(url("crosswalk", right.framework.pk, left.framework.pk), 302)]
    assert "A is the same as X" in " ".join(shown.split())
    assert (link.proposed_by, link.withdrawn_by, link.confirmed_by) == (keeper, keeper, None)


def test_gaps_are_named(client, trainer, pair):
    client.force_login(trainer)

    html = client.get(url("crosswalk", pair[0].framework.pk, pair[1].framework.pk)).content.decode()

    assert "none direct" in html
    assert "Of R, nothing is linked to" in html
    assert "X Hearing" in html
    assert "<button" not in html.split("frameworks-table")[1].split("</table>")[0]


def test_competencies_of_other_frameworks_are_no_choice(client, keeper, pair):
    client.force_login(keeper)
    other = CompetencyFactory()

    response = client.post(
        url("crosswalk", pair[0].framework.pk, pair[1].framework.pk),
        {"origin": other.pk, "destination": pair[1].pk, "association": "isRelatedTo"},
    )

    assert list(response.context["form"].errors) == ["origin"]
    assert not CompetencyLink.objects.exists()


def test_pairs_are_listed_and_any_pair_can_be_chosen(client, trainer, pair):
    propose_link(*pair)
    client.force_login(trainer)
    left, right = (one.framework.pk for one in pair)

    html = client.get(url("crosswalks")).content.decode()
    chosen = client.get(url("crosswalks"), {"left": right, "right": left})
    same = client.get(url("crosswalks"), {"left": left, "right": left})
    nonsense = client.get(url("crosswalks"), {"left": "x", "right": "9" * 30})

    assert f'href="{url("crosswalk", left, right)}"' in html
    assert "1 proposed" in html
    assert chosen.url == url("crosswalk", right, left)
    assert said(same) == said(nonsense) == ["Choose two different frameworks."]


@pytest.mark.parametrize("ends", [(0, 1), (1, 0), (1, 1)])
def test_crosswalk_of_what_is_not_there_is_not_found(client, trainer, pair, ends):
    client.force_login(trainer)
    keys = [pair[0].framework.pk if end else 0 for end in ends]

    assert client.get(url("crosswalk", *keys), follow=True).status_code == 404


@pytest.mark.parametrize("deed", ["burn", "confirm"])
def test_deed_on_a_link_that_is_not_there_is_not_found(client, keeper, deed):
    client.force_login(keeper)

    assert client.post(url("link_deed", 0, deed), follow=True).status_code == 404


# --- Who may ------------------------------------------------------------------------------------------------------


def deeds(pair):
    left, right = pair
    link = propose_link(*pair)
    return [
        ("import", []),
        ("import_confirm", []),
        ("crosswalk", [left.framework.pk, right.framework.pk]),
        ("link_deed", [link.pk, "confirm"]),
        ("link_deed", [link.pk, "withdraw"]),
    ]


def test_trainer_looks_and_changes_nothing(client, trainer, pair):
    client.force_login(trainer)

    for name, args in deeds(pair):
        file = SimpleUploadedFile("a.json", content(package({"Z": None})))
        data = {"file": file, "origin": pair[0].pk, "destination": pair[1].pk, "association": "exactMatchOf"}
        response = client.post(url(name, *args), data)
        assert response.status_code in {302, 403}, name
        assert response.get("Location", url("import")) in {reverse("wagtailadmin_home"), url("import")}, name

    link = CompetencyLink.objects.get()
    assert (link.association, link.confirmed_at, link.withdrawn_at) == ("isRelatedTo", None, None)
    assert importing.upload_of(trainer) is None
    assert client.get(url("import")).url == reverse("wagtailadmin_home")


def test_stranger_is_turned_away_from_everything(client, stranger, pair):
    client.force_login(stranger)
    looks = [("crosswalks", []), ("export", [pair[0].framework.pk, "case"])]

    for name, args in [*looks, *deeds(pair)]:
        for response in (client.get(url(name, *args)), client.post(url(name, *args))):
            assert response.status_code == 403, name

    assert CompetencyLink.objects.get().confirmed_at is None


def test_visitor_is_sent_to_sign_in(client, pair):
    for name, args in [("import", []), ("crosswalks", []), ("export", [pair[0].framework.pk, "case"])]:
        assert "/account/login/" in client.get(url(name, *args)).url


# --- The tree, and what pages cost --------------------------------------------------------------------------------


def test_tree_is_shown_with_its_buttons(client, keeper, trainer, pair):
    CompetencyFactory(framework=pair[0].framework, parent=pair[0], code="A.1", name={"en": "Part"})
    client.force_login(trainer)

    html = " ".join(client.get(url("inspect", pair[0].framework.pk)).content.decode().split())
    index = client.get(url("index")).content.decode()
    client.force_login(keeper)
    keepers = client.get(url("index")).content.decode()

    tree = html.split('<ul class="frameworks-tree">', 1)[1]
    assert tree.index("A</a> Listening") < tree.index('<ul class="frameworks-tree"> <li>') < tree.index("A.1</a> Part")
    assert url("export", pair[0].framework.pk, "case") in html
    assert (url("import") in index, url("import") in keepers) == (False, True)


@pytest.mark.parametrize("count", [1, 3])
def test_pages_ask_as_often_for_three_rows_as_for_one(client, trainer, learner, count, django_assert_num_queries):
    left, right = CompetencyFrameworkFactory(), CompetencyFrameworkFactory()
    for _number in range(count):
        ends = CompetencyFactory(framework=left), CompetencyFactory(framework=right)
        confirm_link(propose_link(*ends), actor=learner)
        withdraw_link(propose_link(ends[0], CompetencyFactory(framework=right)), actor=learner)
        CompetencyFactory(framework=left, parent=ends[0])
        propose_link(ends[0], CompetencyFactory())
    client.force_login(trainer)
    pages = {
        url("crosswalks"): 11,
        url("crosswalk", left.pk, right.pk): 12,
        url("inspect", left.pk): 10,
    }
    client.get(url("crosswalks"))

    for page, queries in pages.items():
        with django_assert_num_queries(queries):
            client.get(page)
