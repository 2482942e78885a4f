"""What can be read from attempts: results of a quiz, its statistics, those of an item, and all of it as files."""

from collections.abc import Container, Iterable, Iterator
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.db.models import Max
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, get_format
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from quizzes import reports, services, statistics
from quizzes.kinds import points_in_words
from quizzes.models import Attempt, Quiz
from quizzes.reports import Analysis, pictures, tables
from quizzes.viewsets.pages import RowPage


def pass_mark_in_words(quiz: Quiz) -> str:
    mark = reports.pass_mark_of(quiz)
    if mark.needed is None:
        return _("%(percent)s %%") % {"percent": mark.percent}
    return _("%(needed)s of %(max_points)s (%(percent)s %%)") % {
        "needed": points_in_words(mark.needed),
        "max_points": points_in_words(mark.max_marks or 0),
        "percent": mark.percent,
    }


class FiguresPage(RowPage):
    """For those who may look at attempts."""

    def dispatch(self, request, *args, **kwargs):
        if not request.user.has_perm("quizzes.view_attempt"):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def is_first_only(self) -> bool:
        return self.request.GET.get("count") != "all"

    def analysis(self, quiz: Quiz, item_id: int | None = None) -> Analysis:
        """The statistics; attempts from before there were tallies get theirs now."""

        def read() -> Analysis:
            return reports.analysis_of(
                quiz, language=get_language() or "", is_first_only=self.is_first_only, item_id=item_id
            )

        found = read()
        if found.missing:
            services.tally_attempts(found.missing)
            found = read()
        return found


class ResultsAsked:
    """What of the results was asked for: a name, a result, an order."""

    def __init__(self, parameters) -> None:
        self.name = parameters.get("q", "").strip()[:100]
        self.result = parameters.get("result", "") if parameters.get("result") in reports.RESULTS else ""
        self.order = parameters.get("order", "") if parameters.get("order") in reports.ORDERS else "newest"

    @property
    def query(self) -> str:
        return urlencode({"q": self.name, "result": self.result, "order": self.order})

    def of(self, quiz: Quiz):
        return reports.results_of(quiz, name=self.name, result=self.result)


def rows_of(attempts: Iterable[Attempt], counting: Container[int] = ()) -> Iterator[dict[str, Any]]:
    """Results in words. What is the same for all is looked up once: the rows are much of what the page costs."""
    address = reverse("attempts:inspect", args=[0])
    words = {True: _("passed"), False: _("not passed")}
    voided, waits, format = _("voided"), _("waits for a person"), get_format("DATETIME_FORMAT")
    for attempt in attempts:
        yield {
            "url": address.replace("/0/", f"/{attempt.pk}/"),
            "learner": attempt.learner,
            "number": attempt.number,
            "counts": attempt.pk in counting,
            "marks": reports.marks_in_words(attempt),
            "result": voided
            if attempt.state == Attempt.State.VOIDED
            else words.get(bool(attempt.is_passed))
            if attempt.is_passed is not None
            else waits,
            "sent": date_format(timezone.localtime(attempt.submitted_at), format),
        }


class QuizResultsView(FiguresPage):
    """How a quiz goes: passes, and everybody's marks."""

    template_name = "quizzes/admin/results.html"
    page_title = gettext_lazy("Results")

    def get_context_data(self, **kwargs):
        asked = ResultsAsked(self.request.GET)
        page = reports.page_of(
            asked.of(self.object),
            order=asked.order,
            after=self.request.GET.get("after", ""),
            before=self.request.GET.get("before", ""),
        )
        counting = services.counting_of(self.object, {attempt.learner_id for attempt in page.rows})
        return super().get_context_data(
            tab="results",
            summary=reports.summary_of(self.object),
            page=page,
            rows=list(rows_of(page.rows, set(counting.values()))),
            asked=asked,
            orders=[(key, label) for key, (label, _column, _down) in reports.ORDERS.items()],
            results=reports.RESULTS.items(),
            pass_mark=pass_mark_in_words(self.object),
            pinned=self.object.quiz_items.exclude(pinned_version=None).count(),
            **kwargs,
        )


class QuizStatisticsView(FiguresPage):
    """What the answers say about the quiz and its items."""

    template_name = "quizzes/admin/statistics.html"
    page_title = gettext_lazy("Statistics")

    def get_context_data(self, **kwargs):
        analysis = self.analysis(self.object)
        return super().get_context_data(
            tab="statistics",
            analysis=analysis,
            figures=analysis.figures,
            histogram=pictures.histogram_of(analysis.bars, self.object.pass_mark_percent),
            points=pictures.map_of(
                [
                    (number, version.figures.facility_percent, version.figures.correlation, bool(version.notices))
                    for number, version in enumerate(analysis.versions, start=1)
                    if version.figures.facility_percent is not None and version.figures.correlation is not None
                ]
            ),
            map_zero=pictures.map_y(0),
            may_see_items=self.request.user.has_perm("quizzes.view_item")
            or self.request.user.has_perm("quizzes.change_item"),
            enough=statistics.ENOUGH,
            smallest_group=statistics.SMALLEST_GROUP,
            enough_to_compare=statistics.ENOUGH_TO_COMPARE,
            **kwargs,
        )


class ItemStatisticsView(FiguresPage):
    """How an item did in one of the quizzes that asked it, version by version, answer by answer."""

    template_name = "quizzes/admin/item_statistics.html"
    page_title = gettext_lazy("Statistics of the item")

    @cached_property
    def quizzes(self) -> list[Quiz]:
        """Those that asked it, the one that was sent last first."""
        asked = (
            Attempt.objects.filter(state=Attempt.State.GRADED, attempt_items__version__item=self.object)
            .order_by()
            .values("quiz")
            .annotate(last=Max("submitted_at"))
            .values_list("quiz", "last")
        )
        last = dict(asked)
        return sorted(Quiz.objects.filter(pk__in=last), key=lambda quiz: last[quiz.pk], reverse=True)

    def chosen(self) -> Quiz | None:
        wanted = self.request.GET.get("quiz", "")
        if not wanted:
            return self.quizzes[0] if self.quizzes else None
        for quiz in self.quizzes:
            if str(quiz.pk) == wanted:
                return quiz
        raise Http404

    def get_context_data(self, **kwargs):
        quiz = self.chosen()
        analysis = self.analysis(quiz, item_id=self.object.pk) if quiz else None
        specs = {version.pk: version for version in self.object.versions.all()} if analysis else {}
        return super().get_context_data(
            quiz=quiz,
            quizzes=self.quizzes,
            analysis=analysis,
            versions=[
                (
                    version,
                    reports.taken_of(
                        specs[version.version_id], analysis.lines[version.version_id], language=get_language()
                    ),
                )
                for version in reversed(analysis.versions)
            ]
            if analysis
            else [],
            enough=statistics.ENOUGH,
            smallest_group=statistics.SMALLEST_GROUP,
            **kwargs,
        )


class QuizExportView(FiguresPage):
    """Results or statistics as a file."""

    http_method_names = ["get"]

    def get(self, request, *args, **kwargs):
        what, format = self.kwargs["what"], self.kwargs["format"]
        if what not in ("results", "statistics") or format not in tables.TYPES:
            raise Http404
        rows = self.results() if what == "results" else self.statistics()
        response = HttpResponse(tables.table(rows, format=format, name=what), content_type=tables.TYPES[format])
        response["Content-Disposition"] = f'attachment; filename="{self.object.code}-{what}.{format}"'
        return response

    def results(self):
        yield [_("Learner"), _("Try"), _("State"), _("Points"), _("Out of"), _("Result"), _("Language"), _("Sent")]
        for attempt in reports.results_table(ResultsAsked(self.request.GET).of(self.object)):
            result = "" if attempt.is_passed is None else _("passed") if attempt.is_passed else _("not passed")
            yield [
                str(attempt.learner),
                attempt.number,
                str(attempt.get_state_display()),
                None if attempt.marks is None else attempt.marks / 100,
                attempt.max_marks / 100,
                result,
                attempt.language,
                attempt.submitted_at.isoformat(timespec="seconds"),
            ]

    def statistics(self):
        yield [
            _("Code"), _("Question"), _("Version"), _("Asked"), _("Not answered"), _("Points earned (percent)"),
            _("Discrimination (27 %)"), _("Correlation with the rest"), _("Seconds (median)"), _("What to look at"),
        ]  # fmt: skip
        for one in self.analysis(self.object).versions:
            figures = one.figures
            yield [
                one.code,
                one.stem,
                one.number,
                figures.asked,
                figures.unanswered,
                None if figures.facility is None else round(float(figures.facility) * 100, 1),
                None if figures.index is None else round(figures.index, 3),
                None if figures.correlation is None else round(figures.correlation, 3),
                one.pace.median if one.pace else None,
                " ".join(one.notices),
            ]
