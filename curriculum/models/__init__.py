"""What a worker must be able to do, and what earns a credential. Reference data kept by staff, plus a person's cycles.

No course, no attempt and no certificate is known here: a course says which competencies it teaches, the ledger says
which it proved.
"""

from curriculum.files import code_validator
from curriculum.models.frameworks import (
    Competency,
    CompetencyFramework,
    CompetencyLink,
    FrameworkUpload,
    Verification,
)
from curriculum.models.register import ProviderApproval, RegisterEntry, Sponsorship, Waiver
from curriculum.models.requirements import Credential, Cycle, Requirement, RequirementSet

__all__ = [
    "Competency",
    "CompetencyFramework",
    "CompetencyLink",
    "Credential",
    "Cycle",
    "FrameworkUpload",
    "ProviderApproval",
    "RegisterEntry",
    "Requirement",
    "RequirementSet",
    "Sponsorship",
    "Verification",
    "Waiver",
    "code_validator",
]
