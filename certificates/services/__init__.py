"""The only pens of certificates: hours credited, reversed and adjusted; certificates issued, replaced and taken back.

Each may be called twice, by two people at once: a constraint decides, the loser reads what the winner wrote.
"""

from certificates.services.attendance import correct_attendance, record_attendance
from certificates.services.issuing import (
    certificates_without_file,
    completions_without_certificate,
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
from certificates.services.lifecycle import reversed_but_credited, revoke_certificate, supersede_certificate
from certificates.services.looks import record_looks
from certificates.services.retention import (
    erase_name,
    files_of_the_erased,
    named_until,
    names_to_erase,
    retention_rules,
)

__all__ = [
    "adjust_hours",
    "certificates_without_file",
    "completions_without_certificate",
    "completions_without_credit",
    "correct_attendance",
    "credit_completion",
    "decide_hours",
    "erase_name",
    "files_of_the_erased",
    "issue_certificate",
    "issue_if_ready",
    "issue_waiting",
    "named_until",
    "names_to_erase",
    "pdf_of",
    "propose_hours",
    "record_attendance",
    "record_looks",
    "restore_pdf",
    "retention_rules",
    "reverse_credit",
    "reversed_but_credited",
    "revoke_certificate",
    "stray_files",
    "supersede_certificate",
    "transcript_pdf",
]
