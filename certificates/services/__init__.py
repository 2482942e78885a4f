"""The only pens of certificates: hours credited, reversed and adjusted; certificates issued, replaced and taken back.

Each may be called twice, by two people at once: a constraint decides, the loser reads what the winner wrote.
"""

from certificates.services.attendance import correct_attendance, record_attendance
from certificates.services.issuing import (
    certificates_without_file,
    completions_without_certificate,
    design_of,
    issue_certificate,
    issue_if_ready,
    issue_waiting,
    pdf_of,
    restore_pdf,
    stray_files,
    transcript_pdf,
)
from certificates.services.ledger import (
    adjust_hours,
    completions_without_credit,
    credit_completion,
    decide_hours,
    propose_hours,
    reverse_credit,
)
from certificates.services.letters import issue_letter, letter_preview, refuse_letter, request_letter
from certificates.services.lifecycle import reversed_but_credited, revoke_certificate, supersede_certificate
from certificates.services.looks import record_looks
from certificates.services.programs import (
    complete_programs,
    issue_program,
    issue_program_if_ready,
    issue_programs,
    issue_programs_of,
)
from certificates.services.retention import (
    erase_name,
    files_of_the_erased,
    named_until,
    names_to_erase,
    retention_rules,
)
from certificates.services.statements import issue_period, period_of
from certificates.services.templates import publish_template, retire_template, save_draft

__all__ = [
    "adjust_hours",
    "certificates_without_file",
    "complete_programs",
    "completions_without_certificate",
    "completions_without_credit",
    "correct_attendance",
    "credit_completion",
    "decide_hours",
    "design_of",
    "erase_name",
    "files_of_the_erased",
    "issue_certificate",
    "issue_if_ready",
    "issue_letter",
    "issue_period",
    "issue_program",
    "issue_program_if_ready",
    "issue_programs",
    "issue_programs_of",
    "issue_waiting",
    "letter_preview",
    "named_until",
    "names_to_erase",
    "pdf_of",
    "period_of",
    "propose_hours",
    "publish_template",
    "record_attendance",
    "record_looks",
    "refuse_letter",
    "request_letter",
    "restore_pdf",
    "retention_rules",
    "retire_template",
    "reverse_credit",
    "reversed_but_credited",
    "revoke_certificate",
    "save_draft",
    "stray_files",
    "supersede_certificate",
    "transcript_pdf",
]
