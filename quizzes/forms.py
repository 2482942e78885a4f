"""Shapes of input: an answer, and what those who write items and quizzes send."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from pydantic import ValidationError as PydanticError
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.forms.choosers import BaseFilterForm
from wagtail.blocks import BlockField

from curriculum.files import code_validator
from curriculum.models import Competency
from quizzes import behaviours, items, services, timing
from quizzes.blocks import ItemWidget, block_of
from quizzes.editing import drafted, filled
from quizzes.kinds import spec_sentence
from quizzes.models import Item, ItemBank, Quiz, QuizDraw


class ItemForm(forms.Form):
    """An item of one kind with its place in the bank: one that could not be graded is not saved.

    After `is_valid`, `draft_spec` and `draft_files` are what `services.write_item` takes.
    """

    def __init__(self, *args: Any, kind: str, item: Item | None = None, **kwargs: Any) -> None:
        self.kind = kind
        self.item = item
        self.existing = services.item_spec(item) if item and item.current_version else None
        block = block_of(kind)
        kwargs["initial"] = {"content": block.get_default()}
        if self.existing:
            kwargs["initial"] = self._catalogue() | {"content": block.to_python(filled(self.existing))}
        super().__init__(*args, **kwargs)
        self.fields["content"] = BlockField(block=block, label="")
        self.fields["content"].widget = ItemWidget(block)

    bank = forms.ModelChoiceField(ItemBank.objects.order_by("code"), label=_("bank"))
    code = forms.CharField(label=_("code"), max_length=60, validators=[code_validator])
    name = forms.CharField(label=_("name"), max_length=1000, required=False, help_text=_("For those who edit."))
    competency = forms.ModelChoiceField(
        Competency.objects.filter(archived_at=None).order_by("code"), label=_("competency"), required=False
    )
    category = forms.CharField(
        label=_("category"),
        max_length=1000,
        required=False,
        help_text=_("A path such as Topic/Subtopic; a slash in a name is doubled."),
    )
    tags = forms.CharField(label=_("tags"), required=False, help_text=_("Separated by commas."))
    cognitive_level = forms.ChoiceField(
        label=_("cognitive level"), choices=[("", "–"), *Item.CognitiveLevel.choices], required=False
    )
    difficulty = forms.ChoiceField(label=_("difficulty"), choices=[("", "–"), *Item.Difficulty.choices], required=False)
    review_state = forms.ChoiceField(
        label=_("state of review"), choices=Item.ReviewState.choices, initial=Item.ReviewState.DRAFT
    )

    def _catalogue(self) -> dict[str, Any]:
        item = self.item
        assert item is not None  # noqa: S101 - for the type checker: only items that exist have a catalogue
        names = ("bank", "code", "name", "competency", "category", "cognitive_level", "difficulty", "review_state")
        return {name: getattr(item, name) for name in names} | {"tags": ", ".join(item.tags)}

    def clean_code(self) -> str:
        code = self.cleaned_data["code"]
        others = Item.objects.exclude(pk=self.item.pk) if self.item else Item.objects.all()
        if others.filter(code=code).exists():
            raise ValidationError(_("Another item has this code."), code="unique")
        return code

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        draft = drafted(self.kind, cleaned["content"], items.content_of(self.existing) if self.existing else None)
        catalogue = {
            "code": cleaned["code"],
            "name": cleaned["name"],
            "competency": cleaned["competency"].code if cleaned["competency"] else "",
            "category": services.category_parts(cleaned["category"]),
            "tags": list(dict.fromkeys(tag.strip() for tag in cleaned["tags"].split(",") if tag.strip())),
            "cognitive_level": cleaned["cognitive_level"] or None,
            "difficulty": cleaned["difficulty"] or None,
        }
        try:
            self.draft_spec = items.read_item(draft.spec | catalogue)
        except PydanticError as error:
            for place, code, _sentence in items.spec_faults(error):
                self.add_error(None, ValidationError(spec_sentence(place, code), code=code))
        self.draft_files = draft.files
        return cleaned


class QuizForm(WagtailAdminModelForm):
    """A quiz with its sections, their items and draws: it draws no more than there is, and asks no item twice."""

    def add_error(self, field: str | None, error: Any) -> None:
        """Where a time is not on the clock that night, or twice, say which of the two."""
        if getattr(error, "code", "") == "ambiguous_timezone":
            moment, zone = error.params["datetime"], error.params["current_timezone"]
            sentence = {
                "skipped": _(
                    "Clocks are put forward then: %(time)s is on no clock in %(zone)s. Please choose a later time."
                ),
                "twice": _("Clocks are put back then: %(time)s comes twice in %(zone)s. Please choose another time."),
            }[timing.wall_time(moment.replace(tzinfo=None), zone)]
            params = {"time": date_format(moment, "DATETIME_FORMAT"), "zone": str(zone)}
            error = ValidationError(sentence, code="ambiguous_timezone", params=params)
        super().add_error(field, error)

    def is_valid(self) -> bool:
        if not super().is_valid():
            return False
        opens_at, closes_at = self.cleaned_data.get("opens_at"), self.cleaned_data.get("closes_at")
        if opens_at and closes_at and closes_at <= opens_at:
            self.add_error("closes_at", ValidationError(_("A quiz closes after it opens."), code="window"))
        for name in ("tell_marks", "tell_feedback", "tell_key"):
            if self.cleaned_data.get(name) == Quiz.Tell.AFTER_CLOSING and not closes_at:
                self.add_error(name, ValidationError(_("Please say when the quiz closes."), code="never_closes"))
        behaviour, navigation = self.cleaned_data.get("behaviour"), self.cleaned_data.get("navigation")
        if navigation == Quiz.Navigation.PAGE and behaviour in behaviours.CHECKING:
            sentence = _("All questions stand on one page only where answers are checked at the end.")
            self.add_error("navigation", ValidationError(sentence, code="checked_one_by_one"))
        sections = kept_forms(self.formsets["sections"])
        listed: list[Item] = []
        draws: list[QuizDraw] = []
        for section in sections:
            here = [form.cleaned_data["item"] for form in kept_forms(section.formsets["items"])]
            draw_count = section.cleaned_data.get("draw_count")
            if draw_count and draw_count > len(here):
                error = ValidationError(
                    _("There are only %(count)s questions below."), code="too_many", params={"count": len(here)}
                )
                section.add_error("draw_count", error)  # at its row
                self.add_error(None, error)
            listed += here
            draws += [form.instance for form in kept_forms(section.formsets["draws"])]
        self._check_items(listed, draws)
        return not self.errors

    def _check_items(self, listed: list[Item], draws: list[QuizDraw]) -> None:
        if not listed and not draws:
            self.add_error(None, ValidationError(_("A quiz asks something. Please choose an item."), code="empty"))
        for item in listed:
            if listed.count(item) > 1:
                self.add_error(
                    None,
                    ValidationError(_("%(item)s is there twice."), code="item_twice", params={"item": item}),
                )
        if self.errors or not draws:
            return
        keys = {str(item.key) for item in listed}
        pools = [services.pool_of(draw) for draw in draws]
        for draw, pool in zip(draws, pools, strict=True):
            if draw.count > len(pool.keys() - keys):
                self.add_error(
                    None,
                    ValidationError(
                        _(
                            "A random draw asks for %(count)s questions. Only %(there)s fit it that are approved and "
                            "not listed in the quiz."
                        ),
                        code="pool_too_small",
                        params={"count": draw.count, "there": len(pool.keys() - keys)},
                    ),
                )
                if left_out := services.suiting(draw, listed=keys).left_out:
                    sentence = ngettext(
                        "%(count)s more would fit that a person marks. Tick at the draw that it may take it.",
                        "%(count)s more would fit that a person marks. Tick at the draw that it may take them.",
                        left_out,
                    )
                    self.add_error(None, ValidationError(sentence, code="marked_by_person", params={"count": left_out}))
        if not self.errors and services.deal(0, draws, pools, listed=keys) is None:
            self.add_error(
                None,
                ValidationError(
                    _("The random draws take from the same questions, and there are too few for all of them together."),
                    code="pools_too_small",
                ),
            )

    def save(self, commit: bool = True) -> Quiz:
        quiz = super().save(commit=False)
        for section in quiz.sections.all():
            for row in section.items.all():
                row.quiz = quiz
        if commit:
            quiz.save()
        return quiz


def kept_forms(formset) -> list[Any]:
    """The forms of a formset without those that are blank or to be deleted."""
    return [
        form
        for form in formset.forms
        if getattr(form, "cleaned_data", None)
        and not formset._should_delete_form(form)
        and (form.instance.pk or form.has_changed())
    ]


class CopyItemForm(forms.Form):
    """The code of a copy: new on the site."""

    code = forms.CharField(label=_("code"), max_length=60, validators=[code_validator])

    def clean_code(self) -> str:
        code = self.cleaned_data["code"]
        if Item.objects.filter(code=code).exists():
            raise ValidationError(_("Another item has this code."), code="unique")
        return code


class VoidForm(forms.Form):
    """Why an attempt shall no longer count."""

    reason = forms.CharField(
        label=_("reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The learner reads it."),
    )


class ItemFilterForm(BaseFilterForm):
    """Find an item by its code or its words, in any language."""

    q = forms.CharField(label=_("Search"), required=False)

    def filter(self, objects):
        query = self.cleaned_data.get("q")
        if query:
            self.is_searching = True
            self.search_query = query
            objects = objects.filter(
                Q(code__icontains=query) | Q(stem__en__icontains=query) | Q(stem__es__icontains=query)
            )
        return super().filter(objects)


LONGEST_TAG = 100
LONGEST_NAME = 255  # of one part of a category
MOST_NAMES = 20


class BulkForm(forms.Form):
    """What shall change in many items; a field that is left alone changes nothing."""

    KEEP = "keep"

    tags_added = forms.CharField(label=_("tags to add"), required=False, help_text=_("Separated by commas."))
    tags_removed = forms.CharField(label=_("tags to take away"), required=False, help_text=_("Separated by commas."))
    category = forms.CharField(label=_("category"), required=False, max_length=1000, help_text=_("Empty: as it is."))
    is_category_removed = forms.BooleanField(label=_("take the category away"), required=False)
    difficulty = forms.ChoiceField(
        label=_("difficulty"),
        choices=[("keep", _("as it is")), ("", _("none")), *Item.Difficulty.choices],
        required=False,
    )
    cognitive_level = forms.ChoiceField(
        label=_("cognitive level"),
        choices=[("keep", _("as it is")), ("", _("none")), *Item.CognitiveLevel.choices],
        required=False,
    )
    competency = forms.ModelChoiceField(
        Competency.objects.filter(archived_at=None).order_by("code"),
        label=_("competency"),
        required=False,
        empty_label=_("as it is"),
    )
    is_competency_removed = forms.BooleanField(label=_("take the competency away"), required=False)
    review_state = forms.ChoiceField(
        label=_("state of review"), choices=[("keep", _("as it is")), *Item.ReviewState.choices], required=False
    )
    archive = forms.ChoiceField(
        label=_("archive"),
        choices=[("keep", _("as it is")), ("archive", _("archive")), ("restore", _("bring back"))],
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("difficulty", "cognitive_level", "review_state", "archive"):
            self.fields[name].initial = self.KEEP

    def _tags(self, name: str) -> list[str]:
        tags = list(dict.fromkeys(tag.strip() for tag in self.cleaned_data[name].split(",") if tag.strip()))
        if any(len(tag) > LONGEST_TAG for tag in tags):
            raise ValidationError(_("A tag is too long."), code="too_long")
        return tags

    def clean_category(self) -> str:
        parts = services.category_parts(self.cleaned_data["category"])
        if len(parts) > MOST_NAMES or any(len(part) > LONGEST_NAME for part in parts):
            raise ValidationError(_("The path is too long."), code="too_long")
        return "/".join(part.replace("/", "//") for part in parts)

    def clean_tags_added(self) -> list[str]:
        return self._tags("tags_added")

    def clean_tags_removed(self) -> list[str]:
        return self._tags("tags_removed")

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        if cleaned.get("category") and cleaned.get("is_category_removed"):
            self.add_error("category", ValidationError(_("Choose one of the two."), code="both"))
        if cleaned.get("competency") and cleaned.get("is_competency_removed"):
            self.add_error("competency", ValidationError(_("Choose one of the two."), code="both"))
        return cleaned

    def _chosen(self, name: str) -> str | None:
        value = self.cleaned_data[name]
        return None if value == self.KEEP or name not in self.data else value

    @property
    def changes(self) -> services.ItemChanges:
        """What `services.change_items` takes."""
        given = self.cleaned_data
        return services.ItemChanges(
            tags_added=tuple(given["tags_added"]),
            tags_removed=tuple(given["tags_removed"]),
            category="" if given["is_category_removed"] else given["category"] or None,
            difficulty=self._chosen("difficulty"),
            cognitive_level=self._chosen("cognitive_level"),
            competency=given["competency"],
            is_competency_removed=given["is_competency_removed"],
            review_state=self._chosen("review_state") or None,
            is_archived={"archive": True, "restore": False}.get(given["archive"]),
        )

    def effect(self, rows: Iterable[Item]) -> list[tuple[str, int]]:
        """How many of the items each field would change in, by the name of the field; empty where nothing would."""
        now = timezone.now()
        counts = Counter(name for item in rows for name in self.changes.of(item, now))
        return [(str(self.NAMES[name]), counts[name]) for name in self.NAMES if counts[name]]

    NAMES = {
        "tags": _("tags"),
        "category": _("category"),
        "difficulty": _("difficulty"),
        "cognitive_level": _("cognitive level"),
        "competency_id": _("competency"),
        "review_state": _("state of review"),
        "archived_at": _("archive"),
    }
