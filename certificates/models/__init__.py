"""What was earned: the hours ledger (append-only), certificates (frozen at issue), and what became of them.

Nothing here is recomputed from a page, a profile or a template: a certificate is a statement about a past day, and
every fact on it was copied at issue.
"""

from certificates.kinds import Kind
from certificates.models.attendance import Attendance
from certificates.models.certificates import Certificate, CertificateQuerySet, Revocation
from certificates.models.disclosures import Disclosure
from certificates.models.issuers import Issuer, Paper, Signatory
from certificates.models.ledger import HoursProposal, LedgerEntry, LedgerShare
from certificates.models.letters import LetterRequest
from certificates.models.programs import Program, ProgramCourse, ProgramCredit
from certificates.models.templates import CertificateTemplate, TemplateLogo, TemplateVersion

__all__ = [
    "Attendance",
    "Certificate",
    "CertificateQuerySet",
    "CertificateTemplate",
    "Disclosure",
    "HoursProposal",
    "Issuer",
    "Kind",
    "LedgerEntry",
    "LedgerShare",
    "LetterRequest",
    "Paper",
    "Program",
    "ProgramCourse",
    "ProgramCredit",
    "Revocation",
    "Signatory",
    "TemplateLogo",
    "TemplateVersion",
]
