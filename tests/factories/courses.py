"""Courses for tests: a site with a front page and a catalogue in both languages, and small whole courses.

Nothing is random and nothing is hidden: every course says how many modules and lessons it has.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from django.core.cache import cache
from django.test import override_settings
from django_tasks import default_task_backend
from wagtail.models import Locale, Page, Site

from courses.models import CourseIndexPage, CoursePage, HomePage, LessonPage, ModuleCompetency, ModulePage
from curriculum.fields import Translated
from curriculum.models import Competency, CompetencyFramework
from quizzes.items import WHOLE, read_item
from quizzes.models import ItemBank, Quiz, QuizItem, QuizSection
from quizzes.services import write_item

LANGUAGES = ("en", "es")


@contextmanager
def indexed_at_the_end() -> Iterator[None]:
    """Pages are saved several times until they are public: search and reference index look at each once, at the end."""
    with override_settings(TASKS={"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}):
        yield
        waiting = {(result.task.module_path, *result.args): result for result in default_task_backend.results}
    for result in waiting.values():
        result.task.call(*result.args)


def make_site() -> dict[str, CourseIndexPage]:
    """Front page and catalogue in both languages; returns the catalogues by language. The default site leads here."""
    cache.clear()
    home_key, index_key = uuid4(), uuid4()
    root = Page.get_first_root_node()
    homes, indexes = {}, {}
    for code in LANGUAGES:
        locale, _created = Locale.objects.get_or_create(language_code=code)
        homes[code] = root.add_child(
            instance=HomePage(title="Puente", slug=f"home-{code}", locale=locale, translation_key=home_key)
        )
        title = {"en": "Courses", "es": "Cursos"}[code]
        indexes[code] = homes[code].add_child(
            instance=CourseIndexPage(title=title, slug=title.lower(), locale=locale, translation_key=index_key)
        )
    Site.objects.all().delete()
    Site.objects.create(hostname="localhost", root_page=homes["en"], is_default_site=True, site_name="Puente")
    return indexes


def make_competency(code: str = "T-1", framework: str = "TEST") -> Competency:
    """A competency of a made-up framework; the same one when asked twice."""
    owner, _created = CompetencyFramework.objects.get_or_create(
        code=framework, defaults={"name": Translated({"en": f"Framework {framework}", "es": f"Marco {framework}"})}
    )
    competency, _created = Competency.objects.get_or_create(
        framework=owner, code=code, defaults={"name": Translated({"en": f"Ability {code}", "es": f"Capacidad {code}"})}
    )
    return competency


def make_quiz(code: str, *, items: int = 2, attempt_limit: int | None = None, pass_mark_percent: int = 80) -> Quiz:
    """A quiz of single-choice items with two answers each; the first answer is right."""
    bank, _created = ItemBank.objects.get_or_create(code="bank", defaults={"name": Translated({"en": "Bank"})})
    quiz = Quiz.objects.create(
        code=code,
        title=Translated({"en": f"Quiz {code}", "es": f"Cuestionario {code}"}),
        attempt_limit=attempt_limit,
        pass_mark_percent=pass_mark_percent,
    )
    section = QuizSection.objects.create(quiz=quiz)
    for number in range(1, items + 1):
        spec = read_item(
            {
                "kind": "single_choice",
                "code": f"{code}-{number}",
                "stem": {"en": f"Question {number}", "es": f"Pregunta {number}"},
                "choices": [
                    {
                        "key": f"c{order}",
                        "text": {"en": f"Answer {order}", "es": f"Respuesta {order}"},
                        "weight": 0 if order else WHOLE,
                    }
                    for order in range(2)
                ],
            }
        )
        item = write_item(spec, bank=bank)
        QuizItem.objects.create(quiz=quiz, section=section, item=item, sort_order=number)
    return quiz


@dataclass
class BuiltCourse:
    """A course that was built: its keys, in order, and its pages by language."""

    key: UUID
    pages: dict[str, CoursePage] = field(default_factory=dict)
    modules: dict[str, list[ModulePage]] = field(default_factory=dict)
    lessons: dict[str, list[LessonPage]] = field(default_factory=dict)
    quizzes: list[Quiz] = field(default_factory=list)

    @property
    def lesson_keys(self) -> list[UUID]:
        return [page.translation_key for page in next(iter(self.lessons.values()))]


@indexed_at_the_end()
def make_course(
    indexes: dict[str, CourseIndexPage],
    *,
    code: str = "kindness",
    title: dict[str, str] | None = None,
    modules: int = 2,
    lessons: int = 2,
    minutes: int = 5,
    with_quiz: bool = False,
    is_sequential: bool = True,
    is_live: bool = True,
    competency: Competency | None = None,
    attempt_limit: int | None = None,
) -> BuiltCourse:
    """A course below the given catalogues, one page tree a language: `modules` × `lessons`, each of `minutes`.

    With `with_quiz`, the last lesson of each module is a quiz. All its minutes count for one competency.
    """
    competency = competency or make_competency()
    title = title or {"en": f"Course {code}", "es": f"Curso {code}"}
    built = BuiltCourse(key=uuid4())
    module_keys = [uuid4() for _module in range(modules)]
    lesson_keys = [[uuid4() for _lesson in range(lessons)] for _module in range(modules)]
    block_keys = [[uuid4() for _lesson in range(lessons)] for _module in range(modules)]
    if with_quiz:
        built.quizzes = [make_quiz(f"{code}-{number}", attempt_limit=attempt_limit) for number in range(1, modules + 1)]
    for language, index in indexes.items():
        course = index.add_child(
            instance=CoursePage(
                title=title[language],
                slug=f"{code}-{language}",
                summary=f"Summary of {title[language]}",
                locale=index.locale,
                translation_key=built.key,
                is_sequential=is_sequential,
                live=is_live,
            )
        )
        built.pages[language] = course
        built.modules[language], built.lessons[language] = [], []
        for m, module_key in enumerate(module_keys):
            module = ModulePage(
                title=f"Module {m + 1} {language}",
                slug=f"module-{m + 1}",
                locale=index.locale,
                translation_key=module_key,
                live=is_live,
            )
            module.competencies = [ModuleCompetency(competency=competency, minutes=lessons * minutes)]
            course.add_child(instance=module)
            built.modules[language].append(module)
            for number, lesson_key in enumerate(lesson_keys[m]):
                lesson = LessonPage(
                    title=f"Lesson {m + 1}.{number + 1} {language}",
                    slug=f"lesson-{number + 1}",
                    minutes=minutes,
                    locale=index.locale,
                    translation_key=lesson_key,
                    live=is_live,
                    body=[{"type": "text", "id": str(block_keys[m][number]), "value": f"<p>Body in {language}</p>"}],
                    quiz=built.quizzes[m] if with_quiz and number == lessons - 1 else None,
                )
                module.add_child(instance=lesson)
                built.lessons[language].append(lesson)
        if not is_live:
            course.save_revision()
        else:
            for page in [course, *built.modules[language], *built.lessons[language]]:
                page.refresh_from_db()
                page.save_revision().publish()
        built.pages[language] = CoursePage.objects.get(pk=course.pk)
    return built
