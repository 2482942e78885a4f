"""Frameworks, credentials and requirement sets for tests. No random counts, no hidden children."""

from datetime import date

import factory

from curriculum.models import Competency, CompetencyFramework, Credential, Requirement, RequirementSet
from tests.factories.people import OrganizationFactory


class CompetencyFrameworkFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CompetencyFramework

    code = factory.Sequence(lambda n: f"FRAME-{n}")
    name = factory.Sequence(lambda n: {"en": f"Framework {n}", "es": f"Marco {n}"})


class CompetencyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Competency

    framework = factory.SubFactory(CompetencyFrameworkFactory)
    code = factory.Sequence(lambda n: f"C-{n}")
    name = factory.Sequence(lambda n: {"en": f"Competency {n}", "es": f"Competencia {n}"})


class CredentialFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Credential

    code = factory.Sequence(lambda n: f"credential-{n}")
    name = factory.Sequence(lambda n: {"en": f"Credential {n}", "es": f"Certificación {n}"})
    authority = factory.SubFactory(OrganizationFactory, kind="board")


class RequirementSetFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = RequirementSet

    credential = factory.SubFactory(CredentialFactory)
    code = factory.Sequence(lambda n: f"set-{n}")
    purpose = RequirementSet.Purpose.RENEWAL
    name = factory.Sequence(lambda n: {"en": f"Set {n}", "es": f"Conjunto {n}"})
    effective_from = date(2020, 1, 1)


class RequirementFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Requirement

    requirement_set = factory.SubFactory(RequirementSetFactory)
    code = factory.Sequence(lambda n: f"rule-{n}")
    kind = "total_minimum"
    parameters = factory.LazyFunction(lambda: {"minutes": 900})
    text = factory.LazyFunction(lambda: {"en": "15 hours.", "es": "15 horas."})
