"""Time in words, in the active language. Whole minutes in, never a decimal out."""

from django.utils.translation import gettext, ngettext


def spoken(minutes: int) -> str:
    """150 → "2 hours 30 minutes". Raises ValueError below zero."""
    if minutes < 0:
        raise ValueError("Time below zero has no words here.")
    hours, rest = divmod(minutes, 60)
    in_minutes = ngettext("%(count)s minute", "%(count)s minutes", rest) % {"count": rest}
    if not hours:
        return in_minutes
    in_hours = ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}
    if not rest:
        return in_hours
    return gettext("%(hours)s %(minutes)s") % {"hours": in_hours, "minutes": in_minutes}


def signed(minutes: int) -> str:
    """-150 → "minus 2 hours 30 minutes", for lines of an account."""
    if minutes < 0:
        return gettext("minus %(duration)s") % {"duration": spoken(-minutes)}
    return spoken(minutes)
