"""Writes a course bundle into the site: quizzes, pictures, and the pages of every language. Safe to run again.

Identity comes from the bundle's codes (see `key_of`), so the pages of all languages share their translation keys and
blocks their ids, and a second run finds what the first one made. Whole or not at all: one transaction a course.
"""

from __future__ import annotations

import json
import uuid
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.images import ImageFile
from django.db import models, transaction
from django.utils.translation import gettext as _
from wagtail.images import get_image_model
from wagtail.models import Locale, Page

from courses.models import CourseIndexPage, CoursePage, CourseTopic, LessonPage, ModuleCompetency, ModulePage
from curriculum.fields import Translated
from curriculum.models import Competency
from quizzes import items
from quizzes.models import Item, ItemBank, Quiz, QuizItem, QuizSection
from quizzes.services import item_spec, write_item
from starter import bundles
from starter.bundles import Bundle, BundleItem, BundleLesson, BundleModule, BundleQuiz
from starter.errors import StarterError
from starter.richtext import to_plain_text, to_rich_text

NAMESPACE = uuid.UUID("6b0f4f0e-3f6c-5f1b-9b53-0c9a6f1f5a11")


def key_of(kind: str, code: str) -> uuid.UUID:
    """The identity of a thing in a bundle: the same on every site and in every run."""
    return uuid.uuid5(NAMESPACE, f"{kind}:{code}")


@dataclass
class Report:
    """What a run did: how many things it created, changed and found as they were, and what it left alone."""

    counts: Counter[str] = field(default_factory=Counter)
    left_alone: list[str] = field(default_factory=list)


def load_course(bundle: Bundle, *, update: bool = False, user: models.Model | None = None) -> Report:
    """Write `bundle` into the catalogue of every language and publish it.

    What exists already and reads differently is left alone (an editor may have mended it) unless `update` is true;
    the report names it. Raises StarterError where the site lacks something (a catalogue, a competency).
    """
    return _Loader(bundle, update=update, user=user).run()


class _Loader:
    def __init__(self, bundle: Bundle, *, update: bool, user: models.Model | None) -> None:
        self.bundle = bundle
        self.update = update
        self.user = user
        self.report = Report()
        self.sources = {source.key: source for source in bundle.course.sources}
        self.pictures: dict[str, Any] = {}

    @transaction.atomic
    def run(self) -> Report:
        self.competencies = self._competencies()
        self.topics = self._topics()
        wanted = [self.bundle.course.picture.file] if self.bundle.course.picture else []
        wanted += [block.file for lesson in self.bundle.lessons for block in lesson.blocks if block.type == "image"]
        for file in dict.fromkeys(wanted):
            self.pictures[file] = self._picture(self.bundle.picture(file))
        quizzes = {lesson.code: self._quiz(lesson.quiz) for lesson in self.bundle.lessons if lesson.quiz}
        for code, _name in settings.LANGUAGES:
            self._pages(code, quizzes)
        return self.report

    # --- Reference data -------------------------------------------------------------------------------------------

    def _competencies(self) -> dict[str, Competency]:
        codes = {code for module in self.bundle.modules for code in module.split}
        codes |= {item.competency for q in self._quizzes() for item in q.items if item.competency}
        found = {c.code: c for c in Competency.objects.filter(code__in=codes, archived_at=None)}
        if missing := sorted(codes - set(found)):
            raise StarterError(
                _("These competencies are not on this site: %(codes)s. Load the frameworks first.")
                % {"codes": ", ".join(missing)}
            )
        return found

    def _quizzes(self) -> list[BundleQuiz]:
        return [lesson.quiz for lesson in self.bundle.lessons if lesson.quiz]

    def _topics(self) -> list[CourseTopic]:
        found = {topic.code: topic for topic in CourseTopic.objects.filter(code__in=self.bundle.course.topics)}
        if missing := sorted(set(self.bundle.course.topics) - set(found)):
            raise StarterError(_("These topics are not on this site: %(codes)s.") % {"codes": ", ".join(missing)})
        return [found[code] for code in self.bundle.course.topics]

    def _picture(self, path: Path) -> Any:
        image_model = get_image_model()
        title = f"{self.bundle.course.code}/{path.name}"
        image = image_model.objects.filter(title=title).first()
        if image is None:
            with path.open("rb") as handle:
                image = image_model(title=title, file=ImageFile(handle, name=f"{self.bundle.course.code}-{path.name}"))
                image.save()
            self.report.counts["created"] += 1
        return image

    # --- Quizzes --------------------------------------------------------------------------------------------------

    def _quiz(self, source: BundleQuiz) -> Quiz:
        bank = self._row(ItemBank, {"code": self.bundle.course.code}, {"name": Translated(self.bundle.course.title)})
        items = [self._item(bank, item) for item in source.items]
        quiz = self._row(
            Quiz,
            {"code": source.code},
            {
                "title": Translated(source.title),
                "pass_mark_percent": source.pass_mark_percent,
                "attempt_limit": source.attempt_limit,
            },
        )
        section = quiz.sections.order_by("sort_order", "pk").first()
        if section is None:
            section = QuizSection.objects.create(quiz=quiz, draw_count=source.draw)
        elif self.update and section.draw_count != source.draw:
            section.draw_count = source.draw
            section.save(update_fields=["draw_count"])
        for order, item in enumerate(items):
            QuizItem.objects.get_or_create(quiz=quiz, item=item, defaults={"section": section, "sort_order": order})
        return quiz

    def _item(self, bank: ItemBank, source: BundleItem) -> Item:
        spec = self._spec(source)
        item = Item.objects.filter(code=source.code).select_related("current_version", "competency").first()
        competency = self.competencies.get(source.competency or "")
        if item is None:
            self.report.counts["created"] += 1
            key, approved = key_of("item", source.code), Item.ReviewState.APPROVED
            return write_item(spec, bank=bank, competency=competency, key=key, review_state=approved)
        is_same = item.current_version is not None and item_spec(item) == spec and item.bank_id == bank.pk
        if is_same:
            self.report.counts["unchanged"] += 1
        elif self.update:
            write_item(spec, bank=bank, item=item, competency=competency)
            self.report.counts["changed"] += 1
        else:
            self.report.left_alone.append(f"{Item._meta.verbose_name} {item}")
        return item

    @staticmethod
    def _spec(source: BundleItem) -> items.ItemSpec:
        choices = [
            {
                "key": str(key_of("choice", f"{source.code}/{choice.key}")),
                "text": dict(choice.text),
                "weight": items.WHOLE if choice.correct else 0,
                "feedback": dict(choice.feedback),
            }
            for choice in source.choices
        ]
        return items.read_item(
            {
                "kind": source.type,
                "code": source.code,
                "stem": dict(source.stem),
                "points": source.points,
                "competency": source.competency or "",
                "feedback": dict(source.feedback or {}),
                "choices": choices,
            }
        )

    def _row(self, model: type[models.Model], identity: dict[str, Any], values: dict[str, Any]) -> Any:
        """The row with `identity`, created with `values`, or brought to them when updating."""
        row, created = model._default_manager.get_or_create(**identity, defaults=values)
        if created:
            self.report.counts["created"] += 1
        elif changed := [name for name, value in values.items() if getattr(row, name) != value]:
            if self.update:
                for name in changed:
                    setattr(row, name, values[name])
                row.save(update_fields=changed)
                self.report.counts["changed"] += 1
            else:
                self.report.left_alone.append(f"{model._meta.verbose_name} {row}")
        else:
            self.report.counts["unchanged"] += 1
        return row

    # --- Pages ----------------------------------------------------------------------------------------------------

    def _pages(self, language: str, quizzes: dict[str, Quiz]) -> None:
        locale = Locale.objects.filter(language_code=language).first()
        index = CourseIndexPage.objects.filter(locale=locale).first() if locale else None
        if index is None:
            raise StarterError(
                _("The catalogue in %(language)s is missing. Run setup_site first.") % {"language": language}
            )
        head = self.bundle.course
        self.wrote = False
        course = self._page(
            CoursePage,
            index,
            key_of("course", head.code),
            {
                "title": head.title[language],
                "slug": head.slug[language],
                "summary": head.summary[language],
                "helps_with": head.helps_with[language],
                "objectives": "\n".join(objective[language] for objective in head.objectives),
                "picture": self.pictures[head.picture.file] if head.picture else None,
                "picture_alt": head.picture.alt[language] if head.picture else "",
                "minutes_basis": head.minutes_basis[language],
                "topics": self.topics,
                "sources": self._sources(language),
            },
        )
        for module in self.bundle.modules:
            module_page = self._page(
                ModulePage,
                course,
                key_of("module", module.code),
                {
                    "title": module.title[language],
                    "slug": module.slug[language],
                    "summary": to_plain_text(module.summary[language]),
                    "objectives": "\n".join(objective[language] for objective in module.objectives),
                    "competencies": self._split(module),
                },
            )
            for lesson in module.lessons:
                self._page(
                    LessonPage,
                    module_page,
                    key_of("lesson", lesson.code),
                    {
                        "title": lesson.title[language],
                        "slug": lesson.slug[language],
                        "minutes": lesson.minutes,
                        "body": self._body(lesson, language),
                        "quiz": quizzes.get(lesson.code),
                    },
                )
        if self.wrote:
            # The gate of a course looks at all that lies below, so the course goes last and takes the drafts with it.
            course = CoursePage.objects.get(pk=course.pk)
            (course.latest_revision or course.save_revision(user=self.user)).publish(user=self.user)

    def _page(self, model: type[Page], parent: Page, key: uuid.UUID, values: dict[str, Any]) -> Any:
        """The page with `key` below `parent`: made as a draft, or brought to `values` when updating."""
        page = model.objects.filter(translation_key=key, locale=parent.locale).first()
        if page is None:
            page = model(translation_key=key, locale=parent.locale, owner=self.user, live=False)
            self._fill(page, values)
            parent.add_child(instance=page)
            page.save_revision(user=self.user)
            self.report.counts["created"] += 1
            self.wrote = True
        elif differing := [name for name, value in values.items() if _plain(page, name) != _plain_value(value)]:
            if self.update:
                self._fill(page, {name: values[name] for name in differing})
                page.save_revision(user=self.user)
                self.report.counts["changed"] += 1
                self.wrote = True
            else:
                self.report.left_alone.append(
                    f"{model._meta.verbose_name} {page.title} ({parent.locale.language_code})"
                )
        else:
            self.report.counts["unchanged"] += 1
        return page

    @staticmethod
    def _fill(page: Page, values: dict[str, Any]) -> None:
        for name, value in values.items():
            setattr(page, name, json.dumps(value) if name in {"body", "sources"} else value)

    def _split(self, module: BundleModule) -> list[ModuleCompetency]:
        return [
            ModuleCompetency(competency=self.competencies[code], minutes=minutes, sort_order=order)
            for order, (code, minutes) in enumerate(module.split.items())
        ]

    def _sources(self, language: str) -> list[dict[str, Any]]:
        return [
            {
                "type": "source",
                "id": str(key_of("source", f"{self.bundle.course.code}/{source.key}")),
                "value": {
                    "key": source.key,
                    "title": source.title,
                    "url": source.url,
                    "note": to_plain_text(source.note[language]) if source.note else "",
                },
            }
            for source in self.bundle.course.sources
        ]

    # --- Blocks ---------------------------------------------------------------------------------------------------

    def _body(self, lesson: BundleLesson, language: str) -> list[dict[str, Any]]:
        return [
            {
                "type": block.type,
                "id": str(key_of("block", block.id)),
                "value": getattr(self, f"_{block.type}")(block, language),
            }
            for block in lesson.blocks
        ]

    def _rich(self, text: str, language: str) -> str:
        return to_rich_text(text, self.sources, language)

    def _heading(self, block: bundles.HeadingBlock, language: str) -> str:
        return to_plain_text(block.body[language])

    def _text(self, block: bundles.TextBlock, language: str) -> str:
        return self._rich(block.body[language], language)

    def _image(self, block: bundles.ImageBlock, language: str) -> dict[str, Any]:
        return {
            "image": {
                "image": self.pictures[block.file].pk,
                "decorative": False,
                "alt_text": to_plain_text(block.alt[language]),
            },
            "caption": to_plain_text(block.caption[language]) if block.caption else "",
        }

    def _callout(self, block: bundles.CalloutBlock, language: str) -> dict[str, Any]:
        return {
            "tone": block.tone,
            "title": to_plain_text(block.title[language]),
            "body": self._rich(block.body[language], language),
        }

    def _accordion(self, block: bundles.AccordionBlock, language: str) -> dict[str, Any]:
        return self._list(
            block.id,
            "items",
            [
                {"title": to_plain_text(item.title[language]), "body": self._rich(item.body[language], language)}
                for item in block.items
            ],
        )

    def _flashcards(self, block: bundles.FlashcardsBlock, language: str) -> dict[str, Any]:
        return self._list(
            block.id,
            "cards",
            [
                {"front": to_plain_text(card.front[language]), "back": to_plain_text(card.back[language])}
                for card in block.cards
            ],
        )

    def _reflection(self, block: bundles.ReflectionBlock, language: str) -> dict[str, Any]:
        return {
            "prompt": to_plain_text(block.prompt[language]),
            "help": to_plain_text(block.help[language]) if block.help else "",
        }

    def _practice(self, block: bundles.PracticeBlock, language: str) -> dict[str, Any]:
        return {
            "title": to_plain_text(block.title[language]),
            "body": self._rich(block.body[language], language),
            "minutes": block.activity_minutes or None,
        }

    def _self_check(self, block: bundles.SelfCheckBlock, language: str) -> dict[str, Any]:
        return {
            "stem": to_plain_text(block.stem[language]),
            **self._list(
                block.id,
                "choices",
                [
                    {
                        "text": to_plain_text(choice.text[language]),
                        "is_correct": choice.correct,
                        "feedback": to_plain_text(choice.feedback[language]),
                    }
                    for choice in block.choices
                ],
            ),
        }

    @staticmethod
    def _list(block_id: str, name: str, values: list[dict[str, Any]]) -> dict[str, Any]:
        """The value of a list block; its members have ids that are the same in every run and language."""
        return {
            name: [
                {"type": "item", "id": str(key_of("block", f"{block_id}/{name}/{number}")), "value": value}
                for number, value in enumerate(values)
            ]
        }


def _plain(page: Page, name: str) -> Any:
    value = getattr(page, name)
    if name in {"body", "sources"}:
        return [{key: part[key] for key in ("type", "id", "value")} for part in value.get_prep_value()]
    if name == "topics":
        return sorted(topic.pk for topic in value.all())
    if name == "competencies":
        return sorted((share.competency_id, share.minutes) for share in value.all())
    return value


def _plain_value(value: Any) -> Any:
    if isinstance(value, list) and value and isinstance(value[0], CourseTopic):
        return sorted(topic.pk for topic in value)
    if isinstance(value, list) and value and isinstance(value[0], ModuleCompetency):
        return sorted((share.competency_id, share.minutes) for share in value)
    return value
