"""Completions, issuers and certificates for tests. The services write the ledger; a factory only what comes before."""

import uuid
from datetime import UTC, datetime

import factory

from certificates.models import Issuer, Signatory
from courses.models import CompletionShare, CourseCompletion, Enrollment
from curriculum.models import Competency, CompetencyFramework
from people.models import Organization
from tests.factories.people import OrganizationFactory, UserFactory

COMPLETED_AT = datetime(2026, 3, 15, 14, 0, tzinfo=UTC)


class IssuerFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Issuer

    organization = factory.SubFactory(OrganizationFactory, kind=Organization.Kind.PROVIDER)
    printed_name = "Puente Training Collaborative"
    address = "24 Bridge Street, Worcester, MA 01608"
    provider_number = "PRV-0042"
    is_default = True


class SignatoryFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Signatory

    issuer = factory.SubFactory(IssuerFactory)
    printed_name = "Elena Vargas"
    title = {"en": "Program administrator", "es": "Administradora del programa"}


class FrameworkFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CompetencyFramework
        django_get_or_create = ("code",)

    code = "MA-CHW"
    name = {"en": "Massachusetts core competencies", "es": "Competencias básicas de Massachusetts"}


class CompetencyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Competency
        django_get_or_create = ("framework", "code")

    framework = factory.SubFactory(FrameworkFactory)
    code = factory.Sequence(lambda n: f"MA-{n + 1}")
    name = factory.LazyAttribute(lambda o: {"en": f"Competency {o.code}", "es": f"Competencia {o.code}"})


class CourseCompletionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CourseCompletion

    learner = factory.SubFactory(UserFactory)
    course_key = factory.LazyFunction(uuid.uuid4)
    enrollment = factory.LazyAttribute(
        lambda o: Enrollment.objects.create(
            learner=o.learner, course_key=o.course_key, state=Enrollment.State.COMPLETED, ended_at=o.completed_at
        )
    )
    completed_at = COMPLETED_AT
    course_title = {"en": "Compassion resilience", "es": "Resiliencia y compasión"}
    course_revision = "en:41 es:42"
    language = "en"
    contact_minutes = 150


def completion_with_shares(learner, *, minutes=150, shares=None, **fields) -> CourseCompletion:
    """A completion whose minutes are split over competencies: {"MA-10": 90, ...} in MA-CHW, given in full."""
    completion = CourseCompletionFactory(learner=learner, contact_minutes=minutes, **fields)
    for code, part in (shares if shares is not None else {"MA-3": 60, "MA-10": 90}).items():
        CompletionShare.objects.create(completion=completion, competency=CompetencyFactory(code=code), minutes=part)
    return completion
