"""The desk of templates: what is refused where it is typed, the pictures, publishing, and nobody else's hand."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image
from wagtail.models import ModelLogEntry

from certificates.models import CertificateTemplate, Kind, TemplateLogo, TemplateVersion
from people.models import Organization, Role
from people.services import grant_role, sync_roles
from tests.certificates.test_logos import picture
from tests.factories.people import OrganizationFactory, UserFactory

pytestmark = pytest.mark.django_db
FILLED = {
    "name": "Plain", "heading_en": "Proof of learning", "heading_es": "Constancia", "statement_en": "For {hours}.",
    "main": "#1e3a8a", "accent": "#A8481F", "border": "double", "ornament": "bridge", "paper": "",
    "shows": ["competencies", "delivery"],
}  # fmt: skip


@pytest.fixture
def template(issuer):
    return CertificateTemplate.objects.create(code="plain", name="Plain", kind=Kind.COURSE, issuer=issuer)


@pytest.fixture
def desk(client, operator):
    client.force_login(operator)
    return client


def edit(template):
    return reverse("certificatetemplate:edit", args=[template.pk])


def test_draft_is_saved_and_comes_back(desk, template):
    desk.post(edit(template), FILLED)

    template.refresh_from_db()
    assert (template.draft["heading"], template.draft["main"]) == (
        {"en": "Proof of learning", "es": "Constancia"}, "#1E3A8A",
    )  # fmt: skip
    assert 'value="Proof of learning"' in desk.get(edit(template)).content.decode()
    assert TemplateVersion.objects.count() == 0


def test_save_and_publish_makes_a_version_in_use_and_is_noted(desk, template, operator):
    desk.post(edit(template), FILLED | {"action-publish": "1"})

    version = TemplateVersion.objects.get()
    template.refresh_from_db()
    assert (version.number, version.content["statement"], template.is_in_use) == (1, {"en": "For {hours}."}, True)
    assert ModelLogEntry.objects.filter(action="certificates.publish_template", user=operator).count() == 1
    desk.post(reverse("certificatetemplate:retire", args=[template.pk]))
    template.refresh_from_db()
    assert not template.is_in_use


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"statement_en": "For {houres}."}, "statement", "English: {houres} is no field. The fields here are: {recip"),
        ({"statement_es": "{addressee}"}, "statement", "{addressee} is no field"),
        ({"heading_en": "Certified CHW"}, "heading", "a title that only a board gives, and the law protects it"),
        ({"given_to_es": "queda certificada"}, "given_to", "only a board certifies a person"),
        ({"earned_en": "who is now licensed"}, "earned", "nobody gets a license by a course"),
        ({"main": "#DDDDDD"}, "main", "hard to read on white paper (1.4 to 1; it takes 4.5 to 1)"),
        ({"accent": "red"}, "accent", "#RRGGBB"),
        ({"border": "lace"}, "border", "Select a valid choice"),
        ({"shows": ["salary"]}, "shows", "Select a valid choice"),
        ({"signatories": ["999"]}, "signatories", "Select a valid choice"),
        ({"heading_en": "x" * 61}, "heading", "at most 60 characters"),
    ],
)
def test_unfit_design_is_refused_where_it_was_typed(desk, template, values, field, sentence):
    response = desk.post(edit(template), FILLED | values)

    assert any(sentence in error for error in response.context["form"].errors[field])
    template.refresh_from_db()
    assert template.draft == {}


def test_logo_needs_its_words_in_both_languages(desk, template):
    def upload(**values):
        logo = SimpleUploadedFile("logo.svg", picture(), "image/svg+xml")  # told by its bytes, not by its name
        return desk.post(edit(template), FILLED | {"logo": logo} | values)

    refused = upload(logo_alt_en="Two hills")
    assert "in each language" in refused.context["form"].errors["logo_alt"][0]
    assert TemplateLogo.objects.count() == 0

    upload(logo_alt_en="Two hills", logo_alt_es="Dos colinas")

    template.refresh_from_db()
    assert template.draft["logo"] == TemplateLogo.objects.get().sha256
    desk.post(edit(template), FILLED | {"without_logo": "on"})
    template.refresh_from_db()
    assert template.draft["logo"] == ""


def test_svg_logo_is_refused_with_a_sentence(desk, template):
    logo = SimpleUploadedFile("logo.png", b"<svg onload='alert(1)'/>", "image/png")

    response = desk.post(edit(template), FILLED | {"logo": logo})

    assert "An SVG file can carry programs" in response.context["form"].errors["logo"][0]


def test_preview_draws_what_is_typed_and_saves_nothing(desk, template):
    url = reverse("certificatetemplate:preview", args=[template.pk])

    one = desk.post(url, FILLED).json()["pictures"]
    other = desk.post(url, FILLED | {"heading_en": "Other"}).json()["pictures"]
    faulty = desk.post(url, FILLED | {"heading_en": "{x}"})

    assert set(one) == {"en-short", "en-long", "es-short", "es-long"}
    assert one["en-short"] != other["en-short"]
    assert one["es-short"] != other["es-short"]  # there it is the second line
    assert (faulty.status_code, list(faulty.json()["errors"])) == (422, ["heading"])
    template.refresh_from_db()
    assert template.draft == {}


@pytest.mark.parametrize("language", ["en", "es"])
def test_pictures_of_the_saved_draft_need_no_script(desk, template, language):
    desk.post(edit(template), FILLED)

    shown = desk.get(reverse("certificatetemplate:picture", args=[template.pk, language, "long"]))
    paper = desk.get(reverse("certificatetemplate:pdf", args=[template.pk, language, "short"]))

    assert Image.open(BytesIO(shown.content)).width == 520
    assert paper.content.startswith(b"%PDF")
    for strange in (["fr", "long"], ["en", "huge"]):
        address = reverse("certificatetemplate:picture", args=[template.pk, *strange])
        assert desk.get(address, follow=True).status_code == 404


@pytest.mark.parametrize("kind", Kind.values)
def test_every_kind_opens_for_drawing(desk, issuer, kind):
    template = CertificateTemplate.objects.create(code="x", name="X", kind=kind, issuer=issuer)

    response = desk.get(edit(template))

    assert ("closing" in response.context["form"].fields) == (kind == Kind.TRAINING_LETTER)
    assert response.content.decode().count("data-picture=") == 4


def test_templates_are_closed_to_others(client, template, stranger):
    sync_roles()
    support = UserFactory(email="sam@example.org")
    grant_role(support, Role.SUPPORT, OrganizationFactory(kind=Organization.Kind.PROGRAM))
    for person in (stranger, type(support).objects.get(pk=support.pk)):
        client.force_login(person)
        client.post(edit(template), FILLED | {"action-publish": "1"})
        client.post(reverse("certificatetemplate:add"), {"name": "N", "code": "n", "kind": "course"})
        refused = [
            client.post(reverse("certificatetemplate:preview", args=[template.pk]), FILLED).status_code,
            client.get(reverse("certificatetemplate:picture", args=[template.pk, "en", "short"])).status_code,
            client.get(reverse("certificatetemplate:pdf", args=[template.pk, "en", "short"])).status_code,
            client.post(reverse("certificatetemplate:retire", args=[template.pk])).status_code,
        ]
        assert set(refused) <= {302, 403, 404}

    template.refresh_from_db()
    assert (template.draft, TemplateVersion.objects.count(), CertificateTemplate.objects.count()) == ({}, 0, 1)


@pytest.mark.parametrize("count", [1, 3])
def test_list_asks_the_same_for_one_and_three(desk, issuer, count, django_assert_max_num_queries):
    for number in range(count):
        CertificateTemplate.objects.create(code=f"t{number}", name=f"Look {number}", kind=Kind.COURSE, issuer=issuer)

    with django_assert_max_num_queries(14):
        response = desk.get(reverse("certificatetemplate:index"))

    assert sum(f"Look {number}" in response.content.decode() for number in range(3)) == count
