"""Templates: drafts, versions that never change, and certificates that follow the version of their day."""

from dataclasses import replace
from io import BytesIO

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from pypdf import PdfReader

from certificates import designs, files
from certificates.designs import Design
from certificates.errors import FileLost, NotAllowed
from certificates.logos import read_logo
from certificates.models import Certificate, CertificateTemplate, Kind, TemplateLogo, TemplateVersion
from certificates.services import (
    credit_completion,
    issue_certificate,
    pdf_of,
    publish_template,
    retire_template,
    save_draft,
)
from certificates.services.templates import preview
from tests.certificates.test_logos import picture
from tests.certificates.test_pdf import by_pypdf
from tests.factories.certificates import SignatoryFactory, completion_with_shares
from tests.factories.people import UserFactory

pytestmark = pytest.mark.django_db
OWN = Design(
    heading={"en": "Proof of learning", "es": "Constancia de aprendizaje"},
    statement={"en": "For {hours}, finished on {completed_on}.", "es": "Por {hours}."},
    main="#1E3A8A",
    border="double",
)


@pytest.fixture
def template(issuer):
    return CertificateTemplate.objects.create(code="plain", name="Plain", kind=Kind.COURSE, issuer=issuer)


@pytest.fixture
def published(template, operator):
    save_draft(template, OWN, actor=operator)
    return publish_template(template, actor=operator)


def issue(**fields) -> Certificate:
    completion = completion_with_shares(UserFactory(printed_name="Rosa Núñez"), **fields)
    credit_completion(completion.pk)
    return issue_certificate(completion.pk)


def test_certificate_follows_the_published_template(published):
    certificate = issue()

    text = "\n".join(by_pypdf(pdf_of(certificate)))
    assert (certificate.template, certificate.template_sha256) == (published, published.content_sha256)
    assert "Proof of learning" in text
    assert "For 2 hours 30 minutes, finished on March 15, 2026." in text


def test_draft_alone_changes_nothing(template, operator):
    save_draft(template, OWN, actor=operator)

    certificate = issue()

    assert (certificate.template, certificate.template_sha256) == (None, "")
    assert "Certificate of completion" in by_pypdf(pdf_of(certificate))


def test_p1_issued_certificate_never_changes_when_its_template_does(published, template, operator):
    certificate = issue()
    before = pdf_of(certificate)
    save_draft(template, replace(OWN, heading={"en": "Other words"}, main="#000000"), actor=operator)
    newer = publish_template(template, actor=operator)

    files.delete_pdf(certificate.public_id)  # drawn again, and it must come out the same

    assert pdf_of(Certificate.objects.get(pk=certificate.pk)) == before
    assert (newer.number, issue().template) == (2, newer)


def test_publish_template_twice_makes_one_version(published, template, operator):
    assert publish_template(template, actor=operator) == published
    assert TemplateVersion.objects.count() == 1


def test_publish_template_takes_the_place_of_the_one_in_use(published, template, issuer, operator):
    other = CertificateTemplate.objects.create(code="other", name="Other", kind=Kind.COURSE, issuer=issuer)

    version = publish_template(other, actor=operator)

    template.refresh_from_db()
    assert not template.is_in_use
    assert issue().template == version


def test_retire_template_brings_back_the_look_of_the_house(published, template, operator):
    retire_template(template, actor=operator)
    retire_template(template, actor=operator)

    assert issue().template is None


def test_template_of_another_kind_is_not_used(issuer, operator):
    other = CertificateTemplate.objects.create(code="hours", name="Hours", kind=Kind.PERIOD, issuer=issuer)
    publish_template(other, actor=operator)

    assert issue().template is None


def test_templates_are_not_for_strangers(template, stranger):
    for act in (
        lambda: save_draft(template, OWN, actor=stranger),
        lambda: publish_template(template, actor=stranger),
        lambda: retire_template(template, actor=stranger),
    ):
        with pytest.raises(NotAllowed):
            act()

    template.refresh_from_db()
    assert (template.draft, TemplateVersion.objects.count()) == ({}, 0)


def test_logo_is_kept_once_and_drawn_with_its_words(template, operator):
    logo = read_logo(picture())
    design = replace(OWN, logo_alt={"en": "Two hills", "es": "Dos colinas"})
    save_draft(template, design, actor=operator, logo=logo)
    save_draft(template, design, actor=operator, logo=logo)
    version = publish_template(template, actor=operator)

    content = pdf_of(issue(language="es"))

    assert TemplateLogo.objects.get() == version.logo
    assert version.content["logo"] == logo.sha256
    assert len(PdfReader(BytesIO(content)).pages[0].images) == 1
    assert len(content) < 60_000


def test_signatories_are_those_of_the_template_who_sign_now(template, issuer, operator):
    others = [SignatoryFactory(issuer=issuer, printed_name=name) for name in ("Ana Díaz", "Wei Zhang")]
    save_draft(template, replace(OWN, signatories=tuple(each.pk for each in others)), actor=operator)
    publish_template(template, actor=operator)
    both = issue()
    others[0].is_current = False
    others[0].save()

    one = issue()

    assert [each["name"] for each in both.details["signatories"]] == ["Ana Díaz", "Wei Zhang"]
    assert (one.signatory_name, "signatories" in one.details) == ("Wei Zhang", False)


def test_name_in_a_statement_is_read_from_its_one_place(template, operator):
    save_draft(template, replace(OWN, statement={"en": "{recipient_name}, for {hours}."}), actor=operator)
    publish_template(template, actor=operator)

    certificate = issue()

    assert "Rosa" not in str(certificate.details)
    assert "Rosa Núñez, for 2 hours 30 minutes." in by_pypdf(pdf_of(certificate))


def test_place_and_instructor_are_frozen_where_they_are_shown(template, operator):
    shown = replace(OWN, location={"en": "Worcester"}, instructor="Ana Díaz", shows=("location",))
    save_draft(template, shown, actor=operator)
    publish_template(template, actor=operator)

    details = issue().details

    assert details["location"] == {"en": "Worcester"}
    assert "instructor" not in details


def test_file_is_not_made_again_from_another_content(published, monkeypatch):
    certificate = issue()
    files.delete_pdf(certificate.public_id)
    monkeypatch.setattr(designs, "hash_of", lambda content: "0" * 64)

    with pytest.raises(FileLost):
        pdf_of(certificate)


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("kind", Kind.values)
def test_preview_draws_every_kind(issuer, kind, language):
    template = CertificateTemplate.objects.create(code="x", name="X", kind=kind, issuer=issuer)

    lines = by_pypdf(preview(template, OWN, language=language, name="Rosa María Núñez", picture=None))

    assert "Rosa María Núñez" in lines
    assert {"en": "Proof of learning", "es": "Constancia de aprendizaje"}[language] in lines


# --- What the database refuses ------------------------------------------------------------------------------------


def refused(act):
    with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
        act()


def test_versions_and_logos_are_never_changed_or_deleted(published, operator):
    logo = TemplateLogo.objects.create(sha256="a" * 64, content=b"x", width=1, height=1)

    refused(lambda: TemplateVersion.objects.filter(pk=published.pk).update(number=9))
    refused(lambda: TemplateVersion.objects.filter(pk=published.pk).delete())
    refused(lambda: TemplateLogo.objects.filter(pk=logo.pk).update(content=b"y"))
    refused(lambda: TemplateLogo.objects.filter(pk=logo.pk)._raw_delete("default"))

    published.refresh_from_db()
    assert published.number == 1


def test_constraints_of_templates(published, template, issuer, operator):
    common = {"template": template, "content": {}, "content_sha256": "x", "published_by": operator,
              "published_at": published.published_at}  # fmt: skip

    refused(lambda: TemplateVersion.objects.create(number=1, **common))
    refused(lambda: TemplateVersion.objects.create(number=0, **common))
    refused(lambda: CertificateTemplate.objects.create(code="b", name="B", kind=Kind.COURSE, issuer=issuer,
                                                       is_in_use=True))  # fmt: skip
    refused(lambda: CertificateTemplate.objects.create(code="c", name="C", kind="other", issuer=issuer))
    refused(lambda: TemplateLogo.objects.bulk_create(
        TemplateLogo(sha256="b" * 64, content=b"", width=1, height=1) for _twice in range(2)))  # fmt: skip


def test_certificate_names_its_template_and_the_hash_or_neither(published, certificate):
    for values in ({"template": published}, {"template_sha256": "x"}):
        again = Certificate.objects.get(pk=certificate.pk)
        again.pk, again.public_id = None, None
        refused(lambda again=again, values=values: _copy(again, values))


def _copy(certificate, values):
    from uuid import uuid4  # noqa: PLC0415 - a helper of one test

    fields = {field.attname: getattr(certificate, field.attname) for field in Certificate._meta.concrete_fields}
    fields |= {"id": None, "public_id": uuid4(), "code": "X", "token": "X", "pdf_sha256": "X"} | {
        "template_id": None, "template_sha256": ""
    }  # fmt: skip
    fields |= {f"{key}_id" if key == "template" else key: getattr(value, "pk", value) for key, value in values.items()}
    Certificate.objects.create(**fields)
