"""The only pens of curriculum, and what other apps may ask of it."""

from curriculum.services.cycles import (
    cycle_for,
    cycle_of,
    cycles_of,
    expiry_days,
    follow,
    followed_sets,
    set_cycle,
    unfollow,
)
from curriculum.services.frameworks import archive_competency, competency_names, load_frameworks, restore_competency
from curriculum.services.packs import load_packs
from curriculum.services.rules import (
    authority_names,
    bound_versions,
    describe_credential,
    facts_of,
    names_in_force,
    open_new_version,
    requirement_set_in_force,
    requirement_sets_in_force,
    rules_in_words,
)

__all__ = [
    "archive_competency",
    "authority_names",
    "bound_versions",
    "competency_names",
    "cycle_for",
    "cycle_of",
    "cycles_of",
    "describe_credential",
    "expiry_days",
    "facts_of",
    "follow",
    "followed_sets",
    "load_frameworks",
    "load_packs",
    "names_in_force",
    "open_new_version",
    "requirement_set_in_force",
    "requirement_sets_in_force",
    "restore_competency",
    "rules_in_words",
    "set_cycle",
    "unfollow",
]
