"""Templates of certificates: a draft is saved, looked at, and published as a version that never changes."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from certificates import designs, pdf
from certificates.data import Activity, CertificateFacts, CompetencyMinutes
from certificates.designs import Design
from certificates.errors import NotAllowed
from certificates.logos import Logo
from certificates.models import CertificateTemplate, Kind, TemplateLogo, TemplateVersion
from certificates.pdf.words import WORDS, spoken, written
from curriculum.fields import Translated
from people.models import User

RIGHT = "certificates.change_certificatetemplate"
LONG_NAME = "María de los Ángeles Guadalupe Fernández de Córdoba y Rodríguez-Villanueva"
SHORT_NAME = "Rosa María Núñez"


def keep_logo(logo: Logo) -> TemplateLogo:
    """Return the stored picture; the same bytes are kept once."""
    return TemplateLogo.objects.get_or_create(
        sha256=logo.sha256, defaults={"content": logo.content, "width": logo.width, "height": logo.height}
    )[0]


@transaction.atomic
def save_draft(
    template: CertificateTemplate, design: Design, *, actor: User, logo: Logo | None = None, now: datetime | None = None
) -> CertificateTemplate:
    """Write the draft over the one before. Nothing follows it until it is published. Raises NotAllowed."""
    _refuse_stranger(actor)
    content = designs.as_content(design)
    if logo is not None:
        content["logo"] = keep_logo(logo).sha256
    CertificateTemplate.objects.filter(pk=template.pk).update(draft=content, drafted_at=now or timezone.now())
    template.refresh_from_db()
    return template


def publish_template(template: CertificateTemplate, *, actor: User, now: datetime | None = None) -> TemplateVersion:
    """Return the draft as the newest version, in use from now on. Published already, it makes no other one.

    Raises NotAllowed.
    """
    _refuse_stranger(actor)
    try:
        return _published(template.pk, actor, now or timezone.now())
    except IntegrityError:  # another one was faster, with this number: theirs is read, and ours follows it
        return _published(template.pk, actor, now or timezone.now())


@transaction.atomic
def _published(template_id: int, actor: User, now: datetime) -> TemplateVersion:
    template = CertificateTemplate.objects.select_for_update().get(pk=template_id)
    content = template.draft or designs.as_content(designs.HOUSE)
    digest = designs.hash_of(content)
    last = TemplateVersion.objects.filter(template=template).first()
    others = CertificateTemplate.objects.filter(issuer=template.issuer_id, kind=template.kind, is_in_use=True)
    others.exclude(pk=template.pk).update(is_in_use=False)
    CertificateTemplate.objects.filter(pk=template.pk).update(is_in_use=True)
    if last and last.content_sha256 == digest:
        return last
    return TemplateVersion.objects.create(
        template=template,
        number=last.number + 1 if last else 1,
        content=content,
        content_sha256=digest,
        logo=TemplateLogo.objects.filter(sha256=content.get("logo", "")).first(),
        published_at=now,
        published_by=actor,
    )


def retire_template(template: CertificateTemplate, *, actor: User) -> None:
    """Take a template out of use: from now on certificates look as the house draws them. Raises NotAllowed."""
    _refuse_stranger(actor)
    CertificateTemplate.objects.filter(pk=template.pk).update(is_in_use=False)
    template.refresh_from_db()


def _refuse_stranger(actor: User) -> None:
    if not actor.has_perm(RIGHT):
        raise NotAllowed(_("You may not change templates. Ask a program administrator."))


# --- Looking at a draft -------------------------------------------------------------------------------------------


def preview(template: CertificateTemplate, design: Design, *, language: str, name: str, picture: bytes | None) -> bytes:
    """Return the PDF of an example person in this design. It is no certificate: its code is of nobody."""
    return pdf.draw_certificate(_example(template, design, language, name), design, picture)


def picture_of(design: Design) -> bytes | None:
    """Return the stored logo of a design."""
    if not design.logo:
        return None
    found = TemplateLogo.objects.filter(sha256=design.logo).first()
    return bytes(found.content) if found else None


def _example(template: CertificateTemplate, design: Design, language: str, name: str) -> CertificateFacts:
    issuer, kind, day = template.issuer, template.kind, date(2026, 3, 15)
    chosen = [each for each in issuer.signatories.all() if each.is_current]
    signers = [each for each in chosen if each.pk in design.signatories] or chosen[:1]
    title = {
        Kind.COURSE: {"en": "Compassion resilience", "es": "Resiliencia y compasión"},
        Kind.PROGRAM: {"en": "Core training", "es": "Capacitación básica"},
        Kind.PERIOD: {
            code: f"{words['from']} {written(date(2026, 1, 1), code)} {words['until']} {written(day, code)}"
            for code, words in WORDS.items()
        },
        Kind.TRAINING_LETTER: {code: words["title_training_letter"] for code, words in WORDS.items()},
    }[Kind(kind)]
    courses = (
        ({"en": "Compassion resilience", "es": "Resiliencia y compasión"}, "self_paced"),
        ({"en": "From stigma to support", "es": "Del estigma al apoyo"}, "in_person"),
    )
    values = {
        "recipient_name": name, "title": title.get(language, ""), "course_title": title.get(language, ""),
        "hours": spoken(300, language), "minutes": "300", "completed_on": written(day, language),
        "since": written(date(2026, 1, 1), language), "until": written(day, language),
        "issued_on": written(day, language), "expires_on": written(date(2028, 3, 15), language),
        "provider": issuer.printed_name, "addressee": WORDS[language]["addressee"],
    }  # fmt: skip

    def text(key: str) -> dict[str, str]:
        texts = getattr(design, key) or {}
        return {code: designs.filled(words, values) for code, words in texts.items()}

    several = kind != Kind.COURSE
    return CertificateFacts(
        recipient_name=name,
        course_title=title,
        course_revision="en:41 es:42",
        contact_minutes=300,
        competencies=tuple(
            CompetencyMinutes("", WORDS_OF_EXAMPLE[0], f"{number}", words, 150)
            for number, words in enumerate(WORDS_OF_EXAMPLE[1:], 1)
        ),
        delivery="mixed" if several else "self_paced",
        delivery_name="",
        completed_on=day,
        issued_on=day,
        expires_on=None,
        issuer_name=issuer.printed_name,
        issuer_address=issuer.address,
        issuer_number=issuer.provider_number,
        signatory_name="",
        signatory_title=Translated(),
        language=language,
        template_version=pdf.TEMPLATE_VERSION,
        code="0" * 17,
        token="",
        link="https://example.org/v/00000000000000000000000000/",
        paper=design.paper or issuer.paper,
        kind=kind,
        activities=tuple(Activity(name_, 150, day, way) for name_, way in courses) if several else (),
        objectives={"en": ("Notice the signs of strain", "Ask for help in time"),
                    "es": ("Notar las señales de agotamiento", "Pedir ayuda a tiempo")},
        location=design.location,
        instructor=design.instructor,
        signatories=tuple((each.printed_name, each.title) for each in signers),
        addressee=(WORDS[language]["addressee"],) if kind == Kind.TRAINING_LETTER else (),
        statement=text("statement"),
        closing=text("closing"),
    )  # fmt: skip


WORDS_OF_EXAMPLE = (
    {"en": "Core competencies", "es": "Competencias básicas"},
    {"en": "Effective communication", "es": "Comunicación eficaz"},
    {"en": "Professional skills and conduct", "es": "Habilidades y conducta profesionales"},
)
