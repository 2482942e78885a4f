"""The roles, and the exact rights of each: a table, no logic.

Rights are named as Django names them ("app.codename"), as text, so that this app imports none of the others.
`people.services.sync_roles` writes the table to the database. Rights on pages and the approval workflow belong to
courses.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person may be here. The value is also the name of the group that carries the rights."""

    LEARNER = "learner", _("learner")
    TRAINER = "trainer", _("trainer")
    APPROVER = "approver", _("approver")
    PROGRAM_ADMIN = "program_admin", _("program administrator")
    BOARD_REVIEWER = "board_reviewer", _("board reviewer")
    SUPPORT = "support", _("support")


# Those whose desk is the CMS.
CMS_ROLES = frozenset({Role.TRAINER, Role.APPROVER, Role.PROGRAM_ADMIN, Role.SUPPORT})


def _may(actions: str, *models_: str) -> frozenset[str]:
    """Return the permissions "app.action_model" for each action (separated by spaces) and each "app.model"."""
    return frozenset(
        f"{app}.{action}_{model}" for app, model in (name.split(".") for name in models_) for action in actions.split()
    )


_DESK = frozenset({"wagtailadmin.access_admin"})
_REFERENCE = (
    "curriculum.competencyframework",
    "curriculum.competency",
    "curriculum.credential",
    "curriculum.requirementset",
    "curriculum.requirement",
)
_REGISTER = ("curriculum.providerapproval", "curriculum.sponsorship", "curriculum.waiver")
_LEARNING = (
    "courses.enrollment",
    "courses.lessoncompletion",
    "courses.coursecompletion",
    "quizzes.attempt",
)
_HOURS = ("certificates.ledgerentry", "certificates.certificate", "certificates.revocation")
_QUIZZES = ("quizzes.itembank", "quizzes.item", "quizzes.quiz", "quizzes.quizitem")

_TRAINER = (
    _DESK
    | _may("view add change", *_QUIZZES, "courses.coursetopic")
    | _may("view", *_REFERENCE, *_REGISTER, *_LEARNING)
    | _may("view add", "certificates.attendance")
    | {"simple_translation.submit_translation"}
    | {"quizzes.mark_response", "quizzes.regrade_attempt"}
)

PERMISSIONS: dict[str, frozenset[str]] = {
    Role.LEARNER: frozenset(),
    Role.TRAINER: _TRAINER,
    # Where two markers differ too much, an approver decides.
    Role.APPROVER: _TRAINER | {"quizzes.decide_marking"},
    Role.PROGRAM_ADMIN: (
        _DESK
        | _may("view add change", "people.user", "people.organization", "people.membership")
        | _may("view", "people.consent", "people.outboxmail")
        | _may("view add", "certificates.attendance")
        | {"people.retry_mail"}
        | _may("view add change", *_REFERENCE, *_REGISTER, "certificates.issuer", "certificates.signatory")
        | _may("view", *_LEARNING, *_HOURS, *_QUIZZES)
        | _may("view add change", "certificates.certificatetemplate", "certificates.program")
        | _may("view add change", "quizzes.accommodation")
        # The audited acts: void or reopen an attempt, adjust hours, take a certificate back. Each asks for a reason.
        | {"quizzes.mark_response", "quizzes.decide_marking", "quizzes.regrade_attempt"}
        | {"quizzes.void_attempt", "certificates.adjust_ledger", "certificates.revoke_certificate"}
        | {"certificates.issue_letter"}
    ),
    # A board reviewer sees what people consented to show that board, on the board's own pages; never the CMS.
    Role.BOARD_REVIEWER: frozenset(),
    Role.SUPPORT: (
        _DESK
        | _may("view", "people.user", "people.organization", "people.membership", "people.outboxmail")
        | _may("view", *_REFERENCE, *_REGISTER, *_LEARNING, *_HOURS, *_QUIZZES)
    ),
}

# What the role may do with pictures, documents and recordings, in the root collection and so in all.
COLLECTION_PERMISSIONS: dict[str, frozenset[str]] = {
    role: (
        _may("add change choose", "wagtailimages.image", "wagtaildocs.document")
        | _may("add change", "wagtailmedia.media")
        if role in {Role.TRAINER, Role.APPROVER}
        else frozenset()
    )
    for role in Role
}
