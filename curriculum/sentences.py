"""What the engine's reasons say to a reader, in the active language. Decides nothing."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from curriculum.data import LeftOut, Reason, RequirementResult, Status, Step
from curriculum.fields import Translated
from people.durations import spoken

Names = Mapping[str, str]


def day_in_words(value: date) -> str:
    """A day as the reader's language writes it."""
    return date_format(value, "DATE_FORMAT")


def delivery_names() -> dict[str, str]:
    return {
        "in_person": _("in person"),
        "live_online": _("live online"),
        "self_paced": _("self-paced"),
        "recorded": _("recorded"),
        "hybrid": _("partly online"),
    }


def component_names() -> dict[str, str]:
    return {
        "class": _("class time"),
        "homework": _("homework"),
        "reading": _("reading"),
        "practicum": _("practice in the field"),
        "assessment": _("a test"),
        "mentorship": _("time with a mentor"),
        "experience": _("work"),
    }


def level_names() -> dict[str, str]:
    return {
        "introductory": _("introductory level"),
        "intermediate": _("intermediate level"),
        "advanced": _("advanced level"),
    }


def _person_names() -> dict[str, str]:
    return {"age": _("your age"), "residences": _("where you live"), "education": _("your schooling")}


def plain(code: str) -> str:
    """A code of a topic or a paper as words. One in capitals (MA-8, CPR) is a name of its own and stays."""
    return code.replace("-", " ").replace("_", " ") if code == code.lower() else code


def code_name(code: str, names: Names) -> str:
    """What a topic, a paper, a unit or a competency is called; its code as words where nobody said."""
    return names.get(code) or plain(code)


def authority_name(code: str, names: Names) -> str:
    """What an authority is called; never its code."""
    return names.get(code) or _("the board")


def not_counted_sentences() -> dict[str, str]:
    """Why minutes do not count, or are not sure to."""
    return {
        "counted_already": _("This record is here twice. It counts once."),
        "after_as_of": _("It was earned after %(day)s, the day of this answer."),
        "before_window": _("It was earned before %(first)s, the first day that counts."),
        "after_window": _("It was earned after %(last)s, the last day that counts."),
        "provider_not_approved": _("The board had not approved this provider on %(day)s."),
        "provider_unknown": _("We do not know if the board had approved this provider on %(day)s. It counts for now."),
        "activity_not_approved": _("The board had not approved this activity on %(day)s."),
        "activity_unknown": _("We do not know if the board had approved this activity on %(day)s. It counts for now."),
        "subject_unknown": _("We do not know if the board accepts this subject. It counts for now."),
        "delivery_not_accepted": _("This way of learning does not count here: %(delivery)s."),
        "delivery_unknown": _("We do not know how it was taught. It counts for now."),
        "component_not_accepted": _("This part of a training does not count here: %(component)s."),
        "component_unknown": _("We do not know which part of a training it was. It counts for now."),
        "level_not_accepted": _("This level does not count here: %(level)s."),
        "level_unknown": _("We do not know its level. It counts for now."),
        "attendance_too_low": _("You attended %(attended)s percent of it. The board asks for %(percent)s percent."),
        "attendance_unknown": _(
            "We do not know how much of it you attended. The board asks for %(percent)s percent. It counts for now."
        ),
        "used_elsewhere": _("It is used for something else: %(tag)s."),
        "not_first_time": _("Only the first time counts."),
        "not_related": _("It names no competency of a community health worker."),
        "over_cap": _("It is over the limit of %(minutes)s for minutes of this sort."),
        "over_share": _("It is over the limit of %(percent)s percent for minutes of this sort."),
        "other_competency": _("It is about another competency than %(competency)s."),
        "other_topic": _("It is about another topic than %(tag)s."),
        "not_this_sort": _("It is not of the sort that counts here."),
        "corrected": _("A correction took this time back."),
        "activity_again": _("The same activity counts once."),
        "over_approved": _("The board approved %(minutes)s for this activity."),
        "rounded_down": _("The board counts whole steps only."),
        "unit_unknown": _("We do not know how many minutes the board gives for this: %(unit)s."),
        "no_carry_over": _("The board lets nothing carry over from the cycle before, as far as we know."),
        "over_carry_over": _("The board lets %(minutes)s carry over."),
        "counts_as_supervision": _("It counts as supervised practice instead."),
        "no_bucket": _("None of the topics asked for takes it."),
        "bucket_full": _("This topic has all the minutes that it can take."),
        "used_by_other": _("These minutes already count for another topic."),
    }


def answer_sentences() -> dict[str, str]:
    """What the answer to a rule rests on, where it is not a sum."""
    return {
        "no_expiry_day": _("Tell us the day your certificate expires, and we can count."),
        "some_do_not_count": _("Some of your records do not count here. They are below."),
        "nothing_to_judge": _("There are no hours to check yet."),
        "subject_to_confirm": _("Ask the board if it accepts the subject of the records below."),
        "delivery_to_confirm": _("We do not know how the records below were taught."),
        "component_to_confirm": _("We do not know which part of a training the records below were."),
        "level_to_confirm": _("We do not know the level of the records below."),
        "attendance_to_confirm": _("We do not know how much of the records below you attended."),
        "activity_to_confirm": _("Ask the board if it approved the activities below."),
        "experience_not_held": _("Puente does not keep your work hours. Show the board %(minutes)s of work."),
        "supervision_not_held": _("Nothing is on record yet. Show the board %(minutes)s of supervised practice."),
        "hours_to_confirm": _("You have the hours. The board also asks for: %(documents)s."),
        "documents_shown": _("It is here: %(documents)s."),
        "documents_needed": _("You send these to the board yourself: %(documents)s."),
        "references_needed": _("You ask for these references and send them to the board yourself."),
        "references_too_few": _(
            "%(good)s of %(count)s references are good enough: each must rate at least %(each_at_least)s competencies."
        ),
        "references_leave_out": _("No reference rates these competencies: %(competency)s."),
        "references_enough": _("Your references cover everything."),
        "assessment_not_held": _("No test is on record yet."),
        "assessment_too_often": _("More than %(attempts)s attempts are on record. Ask the board."),
        "assessment_without_score": _("The score of a test is missing."),
        "assessment_leaves_out": _("No test passed covers these competencies: %(competency)s."),
        "assessment_not_passed": _("The test is not passed yet. The pass mark is %(percent)s percent."),
        "assessment_passed": _("The test is passed."),
        "age_needed": _("Puente does not ask your age. You must be at least %(years)s."),
        "person_to_confirm": _("Puente does not ask about this: %(what)s. Only the board can tell."),
        "person_does_not_fit": _("This does not fit what the board asks for: %(what)s."),
        "person_fits": _("This fits what the board asks for."),
        "filing_opens": _("You can apply from %(first)s until %(last)s."),
        "filing_open": _("You can apply now, until %(last)s."),
        "filing_too_late": _("The last day to apply was %(last)s. Ask the board what to do."),
        "first_cycle_unknown": _("If this is your first renewal, the board may ask for less. Ask the board."),
        "not_first_cycle": _("This is not your first renewal."),
        "first_cycle_exempt": _("This is your first renewal, so the board does not ask for it."),
        "first_cycle_prorated": _("This is your first renewal, so the board asks for less time."),
        "not_lapsed": _("Your certificate has not expired. It expires on %(day)s."),
        "lapsed_in_grace": _("Your certificate has expired. You can still renew until %(day)s."),
        "lapsed_documents": _("Your certificate expired on %(day)s. The board also asks for: %(documents)s."),
        "lapsed_ask": _("Your certificate expired on %(day)s. Ask the board what to do."),
        "lapsed": _("Your certificate expired on %(day)s. Other days count for it now."),
        "extended": _("The board gave you more time: until %(day)s."),
        "extension_can_be_asked": _("You can ask the board once for %(days)s more days."),
        "carry_over": _("At most %(carried_minutes)s carry over from the cycle before."),
        "rounding": _("The board counts in steps of %(step_minutes)s."),
        "conversion": _("One of these counts as %(minutes)s: %(unit)s."),
        "waived": _("The board does not ask for this until %(last)s."),
        "waived_open": _("The board does not ask for this now."),
        "over_cap_by": _("The limit is %(cap)s. You have %(minutes)s more than that, which do not count."),
        "under_cap": _("The limit is %(cap)s. All your hours are within it."),
        "share_over": _("The limit is %(percent)s percent. You have %(minutes)s more than that, which do not count."),
        "share_under": _("The limit is %(percent)s percent. All your hours are within it."),
        "all_closed": _("This way is closed today. Ask the board."),
        "closed": _("Nobody can take this way today."),
    }


_MINUTES = frozenset(("minutes", "cap", "carried_minutes", "step_minutes"))


def fill(reason: Reason, names: Names) -> dict[str, Any]:
    """The figures of a reason as a reader says them."""
    words: Mapping[str, Mapping[str, str]] = {
        "delivery": delivery_names(),
        "component": component_names(),
        "level": level_names(),
    }
    filled: dict[str, Any] = {}
    for key, value in reason.parameters.items():
        if isinstance(value, date):
            filled[key] = day_in_words(value)
        elif key in _MINUTES:
            filled[key] = spoken(abs(value))
        elif key in words:
            filled[key] = words[key].get(value, value)
        elif key in ("competency", "tag", "unit"):
            filled[key] = ", ".join(code_name(code, names) for code in value.split(", "))
        elif key == "documents":
            filled[key] = ", ".join(code_name(code, names) for code in value)
        elif key == "what":
            filled[key] = ", ".join(_person_names().get(item, item) for item in value)
        else:
            filled[key] = value
    return filled


def not_counted_sentence(left_out: LeftOut, names: Names | None = None) -> str:
    """Why these minutes do not count here, or are not sure to."""
    return not_counted_sentences()[left_out.reason.code] % fill(left_out.reason, names or {})


def is_to_confirm(left_out: LeftOut) -> bool:
    """Whether these minutes count for now, until a person says whether they do."""
    return left_out.reason.code.endswith("_unknown") and left_out.reason.code != "unit_unknown"


def result_sentence(result: RequirementResult, names: Names | None = None) -> str:
    """The answer to one requirement in one sentence."""
    names = names or {}
    if result.reason and result.reason.code == "way_taken":
        return _way_sentence(result)
    if result.status == Status.SHORT and result.reason is None:
        return _short_sentence(result, names)
    if result.reason is None:
        if result.required_minutes:
            return _("You have %(counted)s of %(required)s.") % {
                "counted": spoken(result.counted_minutes),
                "required": spoken(result.required_minutes),
            }
        return _("All your records meet this.") if result.status == Status.MET else _("Not everything below is met.")
    if result.reason.code == "provider_to_confirm":
        return _provider_sentence(result.reason)
    return answer_sentences()[result.reason.code] % fill(result.reason, names)


def _short_sentence(result: RequirementResult, names: Names) -> str:
    missing = [part for part in result.parts if part.short_minutes]
    if missing and result.kind != "coverage":
        listed = "; ".join(
            f"{part_name(part.code, part.text, names)}: {spoken(part.short_minutes)}" for part in missing
        )
        return _("You still need: %(list)s.") % {"list": listed}
    if result.kind in ("all_of", "any_of", "n_of"):
        return _("Not everything below is met.")
    return _("You have %(counted)s of %(required)s. You need %(short)s more.") % {
        "counted": spoken(result.counted_minutes),
        "required": spoken(result.required_minutes),
        "short": spoken(result.short_minutes),
    }


def _way_sentence(result: RequirementResult) -> str:
    if result.status == Status.MET:
        return _("You meet it in one of the ways below.")
    return _("There are several ways. We show first the one that is nearest for you.")


def part_name(code: str, text: Mapping[str, str], names: Names) -> str:
    """What one of several minimums in a rule is called."""
    return str(Translated(text)) if text else code_name(code, names)


def _provider_sentence(reason: Reason) -> str:
    count, providers = reason.parameters["count"], reason.parameters["providers"]
    if not providers:
        return ngettext(
            "Ask the board if it approved the provider of %(count)s record.",
            "Ask the board if it approved the providers of %(count)s records.",
            count,
        ) % {"count": count}
    return ngettext(
        "Ask the board if it approved the provider of %(count)s record: %(providers)s.",
        "Ask the board if it approved the providers of %(count)s records: %(providers)s.",
        count,
    ) % {"count": count, "providers": providers}


def step_sentence(step: Step, names: Names | None = None) -> str:
    """One part of the shortest way to finish."""
    names = names or {}
    sorts = [code_name(code, names) for code in (step.competency, *sorted(step.tags)) if code]
    for value, words in (
        (step.delivery, delivery_names()),
        (step.component, component_names()),
        (step.level, level_names()),
    ):
        if value:
            sorts.append(words.get(value, value))
    figures = {
        "minutes": spoken(step.minutes),
        "sorts": ", ".join(sorts),
        "boards": ", ".join(dict.fromkeys(authority_name(code, names) for code in sorted(step.authorities))),
    }
    if sorts and step.authorities:
        return _("%(minutes)s of this sort: %(sorts)s; from a provider approved by %(boards)s.") % figures
    if sorts:
        return _("%(minutes)s of this sort: %(sorts)s.") % figures
    if step.authorities:
        return _("%(minutes)s from a provider approved by %(boards)s.") % figures
    return _("%(minutes)s of any sort that counts.") % figures
