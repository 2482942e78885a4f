"""Items written out as files. Writes no row."""

from collections.abc import Iterable

from django.conf import settings
from django.utils.translation import gettext as _

from quizzes.errors import InvalidItem, QuizError
from quizzes.formats.gift_writing import write_gift
from quizzes.formats.moodle_writing import write_moodle_xml
from quizzes.formats.qti_writing import write_qti
from quizzes.formats.shapes import Outgoing, Written
from quizzes.formats.table import write_table
from quizzes.models import Item, ItemBank, ItemMedia
from quizzes.services import item_spec

# What each format is called in a file's name and to a browser.
TYPES = {
    "gift": ("text/plain; charset=utf-8", "gift"),
    "moodle-xml": ("application/xml", "xml"),
    "qti": ("application/zip", "zip"),
    "csv": ("text/csv; charset=utf-8", "csv"),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
}
FORMATS = tuple(TYPES)


def find_bank(name: str) -> ItemBank | None:
    """The bank with this code or, whatever the language, this name."""
    bank = ItemBank.objects.filter(code=name).first()
    if bank is not None:
        return bank
    wanted = name.strip().casefold()
    for bank in ItemBank.objects.order_by("code"):
        if wanted in (bank.code.casefold(), *(text.strip().casefold() for text in bank.name.values())):
            return bank
    return None


def outgoing_of(items: Iterable[Item]) -> tuple[list[Outgoing], list[tuple[str, str]]]:
    """Items with the bytes of their files, and code and reason of those that say nothing yet.

    Two queries besides that of the items, which bring along their version and competency.
    """
    ready: list[Outgoing] = []
    left: list[tuple[str, str]] = []
    specs = []
    for item in items:
        try:
            specs.append(item_spec(item))
        except InvalidItem as error:
            left.append((item.code, str(error)))
    wanted = {media.key for spec in specs for media in spec.media}
    files = {row.token: row for row in ItemMedia.objects.filter(token__in=wanted)} if wanted else {}
    for spec in specs:
        media = {}
        for entry in spec.media:
            with files[entry.key].file.open("rb") as opened:
                media[entry.key] = opened.read()
        ready.append(Outgoing(spec=spec, media=media))
    return ready, left


def export_items(bank: ItemBank, *, format: str, language: str = "") -> Written:
    """All items of a bank that are in use, as one file; what the format has no place for is told item by item.

    `language` is the one that is written where a format has a single one. Raises QuizError for an unknown format.
    """
    items = (
        Item.objects.filter(bank=bank, archived_at=None)
        .select_related("current_version", "competency")
        .order_by("category", "code")
    )
    outgoing, left = outgoing_of(items)
    written = write(outgoing, format=format, language=language or settings.LANGUAGE_CODE)
    return Written(content=written.content, changed=written.changed, refused=(*written.refused, *left))


def write(outgoing: list[Outgoing], *, format: str, language: str) -> Written:
    """Items in one of the formats. Raises QuizError for one that is not known."""
    if format == "gift":
        return write_gift(outgoing, language=language)
    if format == "moodle-xml":
        return write_moodle_xml(outgoing, language=language)
    if format == "qti":
        return write_qti(outgoing, language=language)
    if format in ("csv", "xlsx"):
        return write_table(outgoing, is_workbook=format == "xlsx")
    raise QuizError(_("The format %(format)s is not known.") % {"format": format})
