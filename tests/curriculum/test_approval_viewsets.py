"""The register in the CMS: who looks, who writes, what is shown of whom, and what nobody may."""

import base64
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import ModelLogEntry

from curriculum import previews, register
from curriculum.models import ProviderApproval, Sponsorship, Waiver
from curriculum.services import open_new_version
from people.models import Organization
from tests.factories.curriculum import RequirementFactory
from tests.factories.people import UserFactory, make_program_admin, make_support, make_trainer
from tests.factories.register import PROVIDER, approval, hours, make_board, published, rules_of, sponsorship, waiver

pytestmark = pytest.mark.django_db
MODELS = ["providerapproval", "sponsorship", "waiver"]
DAY = "2026-03-15"
DEEDS = [("providerapproval", name) for name in ("publish", "end", "withdraw", "void")] + [
    (model, name) for model in MODELS[1:] for name in ("publish", "end", "void")
]


@pytest.fixture
def luis():
    return make_program_admin(email="luis@example.org")


@pytest.fixture
def board():
    return make_board()


@pytest.fixture
def rules(board):
    return rules_of(board)


def draft_of(model: str, board: Organization):
    made = {
        "providerapproval": lambda: approval(board),
        "sponsorship": sponsorship,
        "waiver": lambda: waiver(RequirementFactory()),
    }[model]()
    return register.record(made, actor=None)


def said(response):
    return [str(message).strip() for message in response.context["messages"]]


def form_of(model, **values):
    plain = {"first_on": "2025-01-01", "last_on": "", "source_url": "", "note": ""}
    own = {
        "providerapproval": {"provider": PROVIDER, "activity": "", "status": "full", "number": ""},
        "sponsorship": {"sponsor": "Big Sponsor", "provider": PROVIDER, "activity": ""},
        "waiver": {"reason": "Vote of the board."},
    }[model]
    return {**plain, **own, **values}


# --- Who ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", MODELS)
def test_trainer_and_support_look_and_change_nothing(client, board, model):
    entry = draft_of(model, board)
    for person in (make_trainer(), make_support()):
        client.force_login(person)
        seen = [client.get(reverse(f"{model}:index")), client.get(reverse(f"{model}:inspect", args=[entry.pk]))]
        refused = [
            client.post(reverse(f"{model}:add"), form_of(model)),
            client.post(reverse(f"{model}:edit", args=[entry.pk]), form_of(model)),
            client.post(reverse(f"{model}:delete", args=[entry.pk])),
        ]

        assert [response.status_code for response in seen] == [200, 200]
        assert [response.status_code for response in refused] == [302] * 3
        assert {response.url for response in refused} == {reverse("wagtailadmin_home")}
    assert type(entry).objects.get() == entry
    assert ModelLogEntry.objects.count() == 1


@pytest.mark.parametrize(("model", "deed"), DEEDS)
def test_deeds_are_for_those_who_may_change(client, stranger, board, model, deed):
    entry = draft_of(model, board)
    url = reverse(f"{model}:{deed}", args=[entry.pk])
    data = {"as_of": DAY, "last_on": DAY, "on": DAY, "reason": "x", "action": "preview"}

    answers = []
    for person in (stranger, make_trainer(), make_support()):
        client.force_login(person)
        answers += [client.get(url), client.post(url, data), client.post(url, {**data, "action": "confirm"})]
        answers.append(client.post(url, {**data, "action": "export"}))

    assert {response.status_code for response in answers} <= {302, 403}
    entry.refresh_from_db()
    assert entry.is_draft
    assert not ModelLogEntry.objects.filter(action="curriculum.preview").exists()


def test_files_are_for_those_who_may(client, stranger, board):
    for person in (stranger, make_trainer()):
        client.force_login(person)
        content = base64.b64encode(b"authority,provider,status,first_on\nMA-BOARD,P,full,2025-01-01\n").decode()
        answers = [
            client.get(reverse("providerapproval:import")),
            client.post(reverse("providerapproval:import"), {"content": content}),
            client.get(reverse("providerapproval:publish_all")),
            client.post(reverse("providerapproval:publish_all"), {"as_of": DAY, "action": "confirm"}),
        ]
        assert {response.status_code for response in answers} <= {302, 403}
    assert not ProviderApproval.objects.exists()
    client.force_login(stranger)
    assert client.get(reverse("providerapproval:csv")).status_code in {302, 403}


# --- Drafts -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", MODELS)
def test_admin_drafts_changes_and_throws_away(client, luis, board, model):
    client.force_login(luis)
    owner = {"authority": board.pk} if model == "providerapproval" else {}
    if model == "waiver":
        owner = {"requirement": RequirementFactory().pk}

    added = client.post(reverse(f"{model}:add"), form_of(model, **owner), follow=True)
    entry = {"providerapproval": ProviderApproval, "sponsorship": Sponsorship, "waiver": Waiver}[model].objects.get()
    edited = client.post(
        reverse(f"{model}:edit", args=[entry.pk]), form_of(model, **owner, last_on="2025-12-31"), follow=True
    )
    entry.refresh_from_db()

    assert any("It counts when it is published." in text for text in said(added))
    assert edited.status_code == 200
    assert (entry.is_draft, entry.last_on) == (True, date(2025, 12, 31))
    client.post(reverse(f"{model}:delete", args=[entry.pk]))
    assert not type(entry).objects.exists()
    assert list(ModelLogEntry.objects.order_by("pk").values_list("action", flat=True)) == [
        "wagtail.create", "wagtail.edit", "wagtail.delete",
    ]  # fmt: skip


def test_overlap_is_a_sentence_on_the_form(client, luis, board):
    published(approval(board), luis)
    client.force_login(luis)

    answer = client.post(
        reverse("providerapproval:add"), form_of("providerapproval", authority=board.pk, first_on="2026-01-01")
    )

    assert answer.status_code == 200
    html = answer.content.decode()
    assert (
        "“Puente Training: full approval, from Jan. 1, 2025” and “Puente Training: full approval, from Jan. 1" in html
    )
    assert ProviderApproval.objects.count() == 1


def test_only_authorities_that_rules_can_name_are_offered(client, luis, board):
    Organization.objects.create(name="Nameless body", kind="board")
    client.force_login(luis)

    html = client.get(reverse("providerapproval:add")).content.decode()

    assert str(board) in html
    assert "Nameless body" not in html


@pytest.mark.parametrize("model", MODELS)
def test_nobody_edits_or_deletes_what_is_published(client, board, model):
    boss = UserFactory(is_superuser=True)
    entry = draft_of(model, board)
    register.publish([entry], actor=boss)
    client.force_login(boss)

    for name in ("edit", "delete"):
        url = reverse(f"{model}:{name}", args=[entry.pk])
        answer = client.post(url, form_of(model, last_on="2025-02-02"), follow=True)
        assert answer.redirect_chain == [(reverse(f"{model}:inspect", args=[entry.pk]), 302)]
        assert said(answer) == ["This was published, so it stays as it is. End it, or void it and write a new one."]

    entry.refresh_from_db()
    assert entry.last_on is None


# --- Lists --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", MODELS)
def test_list_asks_as_much_for_three_as_for_one(client, luis, board, model):
    client.force_login(luis)
    url = reverse(f"{model}:index")
    costs = []
    for number in range(3):
        if model == "providerapproval":
            register.record(approval(make_board(f"B-{number}"), provider=f"P{number}"), actor=None)
        elif model == "sponsorship":
            register.record(sponsorship(provider=f"P{number}"), actor=None)
        else:
            register.record(waiver(RequirementFactory()), actor=None)
        client.get(url)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(url)
        costs.append(len(queries))

    assert costs[0] == costs[2]


def test_list_is_searched_filtered_and_sorted(client, luis, board):
    client.force_login(luis)
    texas = make_board("TX-DSHS")
    ended = published(approval(board, provider="Ended", last_on=date(2025, 6, 30)), luis)
    published(approval(texas, provider="Warned", status="warning", number="PRV-7"), luis)
    register.record(approval(board, provider="Draft"), actor=luis)
    register.void(published(approval(board, provider="Wrong"), luis), actor=luis, reason="A slip.")

    def names(**query):
        answer = client.get(reverse("providerapproval:index"), query)
        return [row.provider for row in answer.context["object_list"]]

    assert names(q="warn") == ["Warned"]
    assert names(q="prv-7") == ["Warned"]
    assert names(authority=board.pk, ordering="provider") == ["Draft", "Ended", "Wrong"]
    assert names(status="warning") == ["Warned"]
    assert names(state="draft") == ["Draft"]
    assert names(state="published", ordering="-provider") == ["Warned", "Ended"]
    assert names(state="voided") == ["Wrong"]
    assert names(on="2025-06-30", ordering="provider") == ["Ended", "Warned"]
    assert names(on="2025-07-01") == ["Warned"]
    assert ended.counts


def test_days_are_said_as_days_and_blanks_as_dashes(client, luis, board):
    entry = published(approval(board), luis)
    client.force_login(luis)

    listed = client.get(reverse("providerapproval:index")).content.decode()
    shown = client.get(reverse("providerapproval:inspect", args=[entry.pk]))

    assert "Jan. 1, 2025" in listed
    said = {str(field["label"]): str(field["value"]) for field in shown.context["fields"]}
    assert said["Hours count under this warning"] == "no"
    assert (said["First day"], said["Last day (inclusive)"], said["Note"]) == ("2025-01-01", "–", "–")


def test_sponsorships_are_exported_without_formulas(client, luis):
    published(sponsorship(note="=1+1"), luis)
    client.force_login(luis)

    answer = client.get(reverse("sponsorship:index"), {"export": "csv"})

    text = b"".join(answer.streaming_content).decode() if answer.streaming else answer.content.decode()
    assert "Big Sponsor,Puente Training,,2025-01-01,,published,,'=1+1" in text


# --- Preview and publish ------------------------------------------------------------------------------------------


@pytest.fixture
def people(rules):
    """Two with an hour of the provider."""
    made = [UserFactory(printed_name=name, email=f"{name.lower()}@example.org") for name in ("Rosa", "Khai")]
    for person in made:
        hours(person, 60)
    return made


def test_draft_is_previewed_then_published(client, luis, board, rules, people):
    entry = draft_of("providerapproval", board)
    client.force_login(luis)
    url = reverse("providerapproval:publish", args=[entry.pk])

    asked = client.get(url)
    seen = client.post(url, {"as_of": DAY, "action": "preview"})
    entry.refresh_from_db()
    still_draft = entry.is_draft
    done = client.post(url, {"as_of": DAY, "action": "confirm", "token": seen.context["token"]}, follow=True)
    again = client.post(url, {"as_of": DAY, "action": "confirm", "token": seen.context["token"]}, follow=True)

    assert 'value="confirm"' not in asked.content.decode()
    assert dict(seen.context["tallies"][0]["outcomes"])["become met"] == 2
    assert [(str(row["person"]), row["before"], row["after"]) for row in seen.context["rows"]] == [
        ("Rosa", "We cannot tell", "Met"), ("Khai", "We cannot tell", "Met"),
    ]  # fmt: skip
    assert "All 2 people with hours were judged." in seen.content.decode()
    assert still_draft
    assert said(done) == ["Published: Puente Training: full approval, from Jan. 1, 2025."]
    entry.refresh_from_db()
    assert (entry.counts, entry.published_by) == (True, luis)
    assert again.status_code == 200  # published already: another proposal now, shown and not done
    look = ModelLogEntry.objects.filter(action="curriculum.preview").order_by("pk").first()
    assert (look.user, look.object_id, look.data) == (
        luis, str(entry.pk), {"as_of": DAY, "people": True, "export": False},
    )  # fmt: skip


def test_publishing_without_a_look_shows_the_look(client, luis, board, rules, people):
    entry = draft_of("providerapproval", board)
    client.force_login(luis)

    answer = client.post(
        reverse("providerapproval:publish", args=[entry.pk]), {"as_of": DAY, "action": "confirm", "token": "made-up"}
    )

    entry.refresh_from_db()
    assert entry.is_draft
    assert said(answer) == ["This preview is too old. It began again."]
    assert answer.context["progress"].judged == 2


def test_what_changed_since_the_look_is_shown_again(client, luis, board, rules, people):
    entry = draft_of("providerapproval", board)
    client.force_login(luis)
    url = reverse("providerapproval:publish", args=[entry.pk])
    token = client.post(url, {"as_of": DAY, "action": "preview"}).context["token"]
    published(approval(board, provider="Another"), luis)

    answer = client.post(url, {"as_of": DAY, "action": "confirm", "token": token})

    entry.refresh_from_db()
    assert entry.is_draft
    assert said(answer) == ["The rules or the approvals have changed since. The preview began again."]


def test_counts_without_names_for_who_may_not_see_people(client, board, rules, people):
    keeper = UserFactory()
    keeper.user_permissions.set(
        Permission.objects.filter(codename__in=["access_admin", "change_providerapproval", "view_providerapproval"])
    )
    entry = draft_of("providerapproval", board)
    client.force_login(keeper)
    url = reverse("providerapproval:publish", args=[entry.pk])

    seen = client.post(url, {"as_of": DAY, "action": "preview"})
    file = client.post(url, {"as_of": DAY, "action": "export"})

    html = seen.content.decode()
    assert dict(seen.context["tallies"][0]["outcomes"])["become met"] == 2
    assert seen.context["rows"] == seen.context["progress"].rows == []
    assert "Rosa" not in html
    assert 'value="export"' not in html
    assert "You see counts only." in html
    assert file.status_code in {302, 403}
    assert not ModelLogEntry.objects.filter(action="curriculum.preview", data__export=True).exists()


def test_everybody_who_changes_comes_as_a_file(client, luis, board, rules, people):
    people[0].printed_name = "=Rosa"
    people[0].save()
    entry = draft_of("providerapproval", board)
    client.force_login(luis)

    answer = client.post(reverse("providerapproval:publish", args=[entry.pk]), {"as_of": DAY, "action": "export"})

    assert b"".join(answer.streaming_content).decode().splitlines() == [
        "\ufeffName,E-mail address,Requirement set,Before,After,Minutes that count before,Minutes that count after,"
        "Minutes short before,Minutes short after,Rules that turn",
        "'=Rosa,rosa@example.org,Renewal,We cannot tell,Met,60,60,0,0,provider: We cannot tell → Met",
        "Khai,khai@example.org,Renewal,We cannot tell,Met,60,60,0,0,provider: We cannot tell → Met",
    ]
    assert "no-store" in answer["Cache-Control"].split(", ")
    assert ModelLogEntry.objects.get(action="curriculum.preview").data["export"] is True


def test_long_preview_goes_on_in_steps(client, luis, board, rules, people, monkeypatch):
    monkeypatch.setattr(previews, "CHUNK", 1)
    monkeypatch.setattr(
        previews.advance, "__kwdefaults__", {**previews.advance.__kwdefaults__, "seconds": 0, "chunk": 1}
    )
    entry = draft_of("providerapproval", board)
    client.force_login(luis)
    url = reverse("providerapproval:publish", args=[entry.pk])

    first = client.post(url, {"as_of": DAY, "action": "preview"})
    second = client.post(url, {"as_of": DAY, "action": "preview", "token": first.context["token"]})
    third = client.post(url, {"as_of": DAY, "action": "preview", "token": second.context["token"]})

    assert [answer.context["progress"].judged for answer in (first, second, third)] == [1, 2, 2]
    assert [answer.context["progress"].is_done for answer in (first, second, third)] == [False, False, True]
    html = first.content.decode()
    assert "1 of 2 people with hours are judged so far. The figures below are not final." in html
    assert "curriculum/change.js" in html
    assert "curriculum/change.js" not in third.content.decode()
    assert len(third.context["rows"]) == 2
    assert ModelLogEntry.objects.filter(action="curriculum.preview").count() == 1


def test_nobody_stands_otherwise_where_no_rule_asks(client, luis, board, people):
    entry = register.record(approval(make_board("TX-DSHS")), actor=luis)
    client.force_login(luis)

    seen = client.post(reverse("providerapproval:publish", args=[entry.pk]), {"as_of": DAY, "action": "preview"})

    assert "Nobody stands otherwise" in seen.content.decode()


# --- Ending, withdrawing, voiding ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("deed", "data", "expected"),
    [
        ("end", {"last_on": "2025-12-31"}, "become short"),
        ("withdraw", {"on": "2026-01-01", "note": "Late report.", "source_url": ""}, "become short"),
        ("void", {"reason": "Another provider."}, "cannot be told any more"),
    ],
)
def test_what_is_published_is_ended_with_a_look_first(client, luis, board, rules, people, deed, data, expected):
    entry = published(approval(board), luis)
    client.force_login(luis)
    url = reverse(f"providerapproval:{deed}", args=[entry.pk])

    seen = client.post(url, {**data, "as_of": DAY, "action": "preview"})
    done = client.post(url, {**data, "as_of": DAY, "action": "confirm", "token": seen.context["token"]}, follow=True)

    assert dict(seen.context["tallies"][0]["outcomes"])[expected] == 2
    assert done.status_code == 200
    entry.refresh_from_db()
    if deed == "void":
        assert (entry.counts, entry.void_reason, entry.voided_by) == (False, "Another provider.", luis)
    else:
        assert entry.last_on == date(2025, 12, 31)
    assert ProviderApproval.objects.filter(status="withdrawn", note="Late report.").count() == (deed == "withdraw")


def test_deed_that_cannot_be_is_a_sentence(client, luis, board, rules):
    entry = published(approval(board), luis)
    client.force_login(luis)
    url = reverse("providerapproval:end", args=[entry.pk])
    data = {"last_on": "2024-12-31", "as_of": DAY}

    seen = client.post(url, {**data, "action": "preview"})
    refused = client.post(url, {**data, "action": "confirm", "token": seen.context.get("token", "")})

    assert "The last day comes before the first." in seen.content.decode()
    assert "The last day comes before the first." in refused.content.decode()
    entry.refresh_from_db()
    assert entry.last_on is None


def test_all_drafts_are_published_together(client, luis, board, rules, people):
    for name in (PROVIDER, "Another"):
        register.record(approval(board, provider=name), actor=luis)
    client.force_login(luis)
    url = reverse("providerapproval:publish_all")

    seen = client.post(url, {"as_of": DAY, "action": "preview"})
    done = client.post(url, {"as_of": DAY, "action": "confirm", "token": seen.context["token"]}, follow=True)

    assert dict(seen.context["tallies"][0]["outcomes"])["become met"] == 2
    assert said(done) == ["2 approvals are published."]
    assert ProviderApproval.objects.in_effect().count() == 2
    look = ModelLogEntry.objects.get(action="curriculum.preview")
    assert (look.content_type.model, look.object_id) == ("organization", str(board.pk))


def test_version_that_is_to_come_is_previewed(client, luis, board, rules, people, stranger):
    published(approval(board), luis)
    version = open_new_version(rules, effective_from=date.today() + timedelta(days=9), actor=luis)  # noqa: DTZ011
    version.requirements.filter(code="hours").update(parameters={"minutes": 90})
    url = reverse("curriculum_preview_version", args=[version.pk])

    for person in (stranger, make_trainer()):
        client.force_login(person)
        assert client.post(url, {"as_of": DAY, "action": "preview"}).status_code in {302, 403}
    client.force_login(luis)
    listed = client.get(reverse("requirementset:inspect", args=[version.pk])).content.decode()
    asked = client.get(url)
    seen = client.post(url, {"as_of": DAY, "action": "preview"})
    confirmed = client.post(url, {"as_of": DAY, "action": "confirm", "token": seen.context["token"]})

    assert url in listed
    assert asked.context["form"].initial["as_of"] == version.effective_from
    assert dict(seen.context["tallies"][0]["outcomes"])["become short"] == 2
    assert 'value="confirm"' not in seen.content.decode()
    assert confirmed.status_code == 200


# --- Files --------------------------------------------------------------------------------------------------------

FILE = (
    b'authority,provider,status,first_on,note\nMA-BOARD,P,full,2025-01-01,"two\nlines"\nMA-BOARD,Q,full,2025-01-01,\n'
)


def test_file_is_shown_then_written(client, luis, board):
    client.force_login(luis)
    url = reverse("providerapproval:import")

    shown = client.post(url, {"file": SimpleUploadedFile("approvals.csv", FILE)})
    before = ProviderApproval.objects.count()
    done = client.post(url, {"content": shown.context["content"]}, follow=True)
    again = client.post(url, {"content": shown.context["content"]}, follow=True)

    assert "2 approvals are new." in " ".join(shown.content.decode().split())
    assert before == 0
    assert said(done) == ["2 drafts are written."]
    assert said(again) == ["0 drafts are written."]
    assert list(ProviderApproval.objects.values_list("provider", "note", "published_at")) == [
        ("P", "two\nlines", None), ("Q", "", None),
    ]  # fmt: skip


@pytest.mark.parametrize("sent", ["file", "content"])
def test_bad_file_is_told_line_by_line(client, luis, board, sent):
    client.force_login(luis)
    bad = FILE.replace(b"Q,full", b"Q,splendid")
    data = {"file": SimpleUploadedFile("approvals.csv", bad), "content": base64.b64encode(bad).decode()}

    answer = client.post(reverse("providerapproval:import"), {sent: data[sent]})

    html = answer.content.decode()
    assert [(fault.line, fault.column) for fault in answer.context["answer"].faults] == [(4, "status")]
    assert "Nothing was written." in html
    assert "Write these drafts" not in html
    assert not ProviderApproval.objects.exists()


def test_file_that_was_cut_off_is_asked_for_again(client, luis, board):
    client.force_login(luis)

    answer = client.post(reverse("providerapproval:import"), {"content": "***"}, follow=True)

    assert said(answer) == ["The file did not arrive whole. Please choose it again."]


def test_published_approvals_come_as_a_file(client, luis, board):
    published(approval(board, provider="=Acme"), luis)
    client.force_login(make_support())

    answer = client.get(reverse("providerapproval:csv"))

    assert answer.content.decode().splitlines()[1] == "MA-BOARD,'=Acme,,full,2025-01-01,,no,,,,"
