"""The kinds of rules and their faults in words, for editors and for files that are read."""

from django.utils.translation import gettext_lazy as _

from curriculum.evaluation import Fault

KIND_NAMES = {
    "all_of": _("all of several conditions"),
    "any_of": _("any one of several conditions"),
    "n_of": _("a number of several conditions"),
    "total_minimum": _("total: at least so many minutes"),
    "nested_minimum": _("of which at least so many minutes in one competency or topic"),
    "competency_minimum": _("at least so many minutes in each competency"),
    "partition": _("buckets that share no minutes"),
    "coverage": _("several competencies, each at least once"),
    "mandatory_topic": _("a topic that everybody must take"),
    "credit_cap": _("at most so much credit from some sorts of minutes"),
    "cross_profession": _("at most so much credit from another profession"),
    "instructor_credit": _("credit for teaching"),
    "provider_eligibility": _("the provider must be approved"),
    "activity_approval": _("the activity itself must be approved"),
    "subject": _("the subject must be one of these"),
    "delivery": _("the way of teaching must be one of these"),
    "component": _("the part of the training must be one of these"),
    "window": _("the days that count"),
    "level": _("the level must be one of these"),
    "attendance": _("share of the sessions attended"),
    "no_double_counting": _("nothing counts twice"),
    "experience": _("work experience"),
    "supervision": _("supervised practice"),
    "assessment": _("a test passed"),
    "carry_over": _("minutes carried over from the cycle before"),
    "first_cycle": _("the first cycle"),
    "lapse": _("after the certificate has expired"),
    "extension": _("more time, granted by the board"),
    "rounding": _("how minutes are rounded"),
    "conversion": _("minutes for another unit"),
    "documents": _("documents and statements"),
    "references": _("references"),
    "person_eligibility": _("who may apply"),
    "filing_window": _("when to apply"),
}

FAULT_SENTENCES = {
    "unknown_kind": _("This kind of rule is not known."),
    "not_a_mapping": _("The figures must be names with values, such as {“minutes”: 900}."),
    "missing": _("“%(key)s” is missing."),
    "unknown": _("“%(key)s” is not a figure of this kind of rule."),
    "exactly_one": _("Give exactly one of these: %(key)s."),
    "at_least_one": _("Give at least one of these: %(key)s."),
    "not_whole": _("“%(key)s” must be a whole number above zero."),
    "not_whole_or_zero": _("“%(key)s” must be a whole number, zero or more."),
    "not_percent": _("“%(key)s” must be a whole number from 1 to 100."),
    "not_code": _("“%(key)s” must be one code."),
    "not_codes": _("“%(key)s” must be a list of different codes."),
    "not_yes_or_no": _("“%(key)s” must be true or false."),
    "not_a_day": _("“%(key)s” must be a day, such as 2026-07-31."),
    "not_deliveries": _("“%(key)s” must be a list of: in_person, live_online, self_paced, recorded, hybrid."),
    "not_components": _(
        "“%(key)s” must be a list of: class, homework, reading, practicum, assessment, mentorship, experience."
    ),
    "not_levels": _("“%(key)s” must be a list of: introductory, intermediate, advanced."),
    "not_statuses": _("“%(key)s” must be a list of: full, warning, pending, withdrawn."),
    "not_basis": _("“%(key)s” must be “required” or “counted”."),
    "not_direction": _("“%(key)s” must be “down”, “up” or “nearest”."),
    "not_per": _("“%(key)s” must be “record” or “total”."),
    "not_once_per": _("“%(key)s” must be “activity”."),
    "not_selectors": _("“%(key)s” must be a list that says which minutes are meant."),
    "not_selector": _("“%(key)s” must say which minutes are meant, such as {“tags”: [“ethics”]}."),
    "not_buckets": _("“%(key)s” must be a list of buckets."),
    "not_bucket": _("“%(key)s” must have a code and minutes."),
    "bucket_takes_nothing": _("“%(key)s” must say which minutes it takes, such as {“tags”: [“ethics”]}."),
    "double_code": _("“%(key)s” stands twice."),
    "ends_before_it_begins": _("“%(key)s” comes before its first day."),
    "more_than_listed": _("“%(key)s” asks for more than are listed."),
    "latest_before_earliest": _("“%(key)s” comes before the first day on which one can apply."),
    "part_of_nothing": _("“%(key)s” is part of a rule that is not there."),
    "part_of_no_group": _("“%(key)s” is part of a rule that has no parts. Only all-of, any-of and n-of have parts."),
    "stands_at_the_top": _("“%(key)s” holds for all rules, so it cannot be part of another."),
    "circle": _("“%(key)s” is part of itself."),
    "empty_group": _("“%(key)s” has no parts."),
    "too_many_ways": _("There are too many ways through these alternatives: 64 at most."),
    "more_than_one_total": _("A group of rules has one total at most."),
    "share_of_no_total": _("“%(key)s” is a share of a total, and there is no total beside it or above it."),
}


def fault_sentence(fault: Fault) -> str:
    """What is wrong with a rule as written, in the reader's language."""
    return str(FAULT_SENTENCES[fault.code]) % {"key": fault.key}
