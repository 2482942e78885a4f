"""What came of a graded attempt, question by question."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from quizzes import behaviours, grading, items
from quizzes.data import (
    EarlierAnswer,
    ItemMark,
    Review,
    ReviewedLine,
    ReviewedPart,
    ReviewedQuestion,
    ShownText,
    Told,
)
from quizzes.kinds import points_in_words
from quizzes.models import (
    AnswerReturn,
    Attempt,
    AttemptItem,
    Grading,
    ItemVersion,
    Quiz,
    ResponseCheck,
    ResponseEvent,
)
from quizzes.reports.asking import files_of, media_url_of, shown
from quizzes.reports.judged import earned_by, with_checks
from quizzes.reports.marking import markings_of


def review_of(attempt: Attempt, *, language: str, now: datetime | None = None) -> Review:
    """The outcome of an attempt that was sent; of one that waits for a person, what is known already. What is told
    when, the quiz says: marks, feedback and right answers each."""
    tries_left, is_done = _tries(attempt)
    told = told_of(attempt.quiz, is_done=is_done, now=now or timezone.now())
    standing = _standing(attempt)
    questions = tuple(reviewed_questions(attempt, _rows(attempt), language, told, standing.items if standing else ()))
    return Review(
        questions=questions,
        marks=max(sum(question.marks for question in questions), 0) if attempt.marks is None else attempt.marks,
        max_marks=attempt.max_marks,
        marks_to_pass=grading.marks_to_pass(attempt.max_marks, attempt.pass_mark_percent),
        is_passed=bool(attempt.is_passed),
        tries_left=tries_left,
        told=told,
        parts=() if attempt.is_waiting else tuple(reviewed_parts(attempt, questions, language)),
        is_waiting=attempt.is_waiting,
        is_pass_kept=standing is not None and standing.is_pass_kept,
        is_regraded=standing is not None and standing.cause in {Grading.Cause.REGRADE, Grading.Cause.UNDO},
    )


def _standing(attempt: Attempt) -> Grading | None:
    """The grading that stands; none for an attempt that was never graded. No query for one that was just closed."""
    if _was_just_closed(attempt):
        return attempt.standing
    return Grading.objects.filter(attempt=attempt, number=attempt.grading_number).first()


def _was_just_closed(attempt: Attempt) -> bool:
    """Whether what the closing had at hand is there, and no other grading has come since."""
    return attempt.standing is not None and attempt.standing.number == attempt.grading_number


def _tries(attempt: Attempt) -> tuple[int | None, bool]:
    """How many tries are left (None: no limit), and whether there is nothing left to win by knowing: after a pass, or
    when every try is used and none is open. One query."""
    limit = attempt.quiz.attempt_limit
    counts = Attempt.objects.filter(learner=attempt.learner_id, quiz=attempt.quiz_id).aggregate(
        sent=Count("pk", filter=Q(state__in=[Attempt.State.SUBMITTED, Attempt.State.GRADED])),
        passed=Count("pk", filter=Q(state=Attempt.State.GRADED, is_passed=True)),
        open=Count("pk", filter=Q(state__in=[Attempt.State.OPEN, Attempt.State.SUBMITTED])),
    )
    tries_left = None if limit is None else max(limit - counts["sent"], 0)
    return tries_left, bool(counts["passed"]) or (tries_left == 0 and not counts["open"])


def marks_are_told(attempt: Attempt, *, now: datetime | None = None) -> bool:
    """Whether the learner may know her marks by now. No query for a quiz that tells them at once."""
    if attempt.quiz.tell_marks in (Quiz.Tell.AT_ONCE, Quiz.Tell.AFTER_TRY):
        return True
    return told_of(attempt.quiz, is_done=_tries(attempt)[1], now=now or timezone.now()).marks


def told_of(quiz: Quiz, *, is_done: bool, now: datetime) -> Told:
    """What may be known of an attempt that was sent, by now. `is_done`: there is nothing left to win by knowing."""
    is_closed = quiz.closes_at is not None and now >= quiz.closes_at
    by_rule = {
        Quiz.Tell.AT_ONCE: True,
        Quiz.Tell.AFTER_TRY: True,
        Quiz.Tell.AFTER_PASS: is_done,
        Quiz.Tell.AFTER_CLOSING: is_closed,
        Quiz.Tell.NEVER: False,
    }
    return Told(
        by_rule[Quiz.Tell(quiz.tell_marks)],
        by_rule[Quiz.Tell(quiz.tell_feedback)],
        by_rule[Quiz.Tell(quiz.tell_key)],
    )


def record_of(attempt: Attempt, *, language: str) -> list[ReviewedQuestion]:
    """Everything that was asked and answered, with the key and what was answered before: for those who may look into
    records."""
    told = Told(marks=True, feedback=True, key=True)
    rows = list(_rows(attempt))
    standing = _standing(attempt)
    questions = reviewed_questions(attempt, rows, language, told, standing.items if standing else ())
    earlier: dict[int, list[EarlierAnswer]] = defaultdict(list)
    by_pk = {row.pk: row for row in rows}
    for event in ResponseEvent.objects.filter(attempt_item__in=by_pk).order_by("saved_at", "revision"):
        words = _Reader.of(by_pk[event.attempt_item_id], event.value, language, told).lines_given()
        earlier[event.attempt_item_id].append(EarlierAnswer(words, event.saved_at))
    for check in ResponseCheck.objects.filter(attempt_item__in=by_pk).order_by("number"):
        words = _Reader.of(by_pk[check.attempt_item_id], check.value, language, told).lines_given()
        earlier[check.attempt_item_id].append(EarlierAnswer(words, check.checked_at, is_check=True))
    return [
        replace(question, earlier=tuple(sorted(earlier[row.pk], key=lambda one: one.saved_at)))
        for question, row in zip(questions, rows, strict=True)
    ]


def _rows(attempt: Attempt) -> Iterable[AttemptItem]:
    if _was_just_closed(attempt):
        return attempt.asked
    rows = AttemptItem.objects.filter(attempt=attempt).select_related("version", "response", "marking_task")
    return rows.order_by("position")


def reviewed_questions(
    attempt: Attempt,
    rows: Iterable[AttemptItem],
    language: str,
    told: Told,
    graded: Iterable[Mapping[str, Any]] = (),
) -> Iterator[ReviewedQuestion]:
    """These questions of the attempt, with what may be told of them; `graded` is what a grading says of each. They
    have their versions, responses and marking tasks."""
    media_url = media_url_of(attempt)
    rows = list(rows)
    with_checks(attempt, rows)
    given = {entry["position"]: entry for entry in graded}
    others = ItemVersion.objects.in_bulk([entry["version"] for entry in given.values() if "version" in entry])
    tasks = [row.marking_task.pk for row in rows if hasattr(row, "marking_task")]
    markings = markings_of(rows, language) if tasks else {}
    returned = dict(AnswerReturn.objects.filter(task__in=tasks, closed_at=None).values_list("task", "reason"))
    files = files_of(attempt) if any(row.version.question["kind"] == "upload" for row in rows) else {}
    for row in rows:
        response = getattr(row, "response", None)
        value: Any = response.value if response else []
        entry = given.get(row.position, {})
        # Where another version's key graded the answer, that one says what is right.
        spec = others.get(entry.get("version"), row.version).spec
        reader = _Reader(spec, value, row.choice_order, language, told)
        task = getattr(row, "marking_task", None)
        mark = _mark_of(row, entry, reader.marks, task)
        is_answer_right = reader.marks.is_right and not reader.marks.needs_person
        if mark.by == "person":
            reader.marks = items.Marks(mark.marks, mark.max_marks)
        yield ReviewedQuestion(
            position=row.position,
            kind=spec.kind,
            stem=shown(spec.stem or getattr(spec, "text", {}), language),
            lines=tuple(reader.lines()),
            feedback=tuple(reader.feedback()) if mark.by and told.feedback else (),
            marks=mark.marks,
            max_marks=mark.max_marks,
            is_answered=not items.is_empty(value),
            media_url=media_url,
            is_answer_right=is_answer_right,
            is_judged=told.marks,
            certainty=response.certainty if response else None,
            by=mark.by,
            returned=returned.get(task.pk, "") if task else "",
            files=tuple(files[token] for token in value["files"] if token in files)
            if spec.kind == "upload" and value
            else (),
            markings=tuple(markings.get(row.pk, ())) if mark.by == "person" and told.marks else (),
        )


def _mark_of(row: AttemptItem, entry: Mapping[str, Any], by_key: items.Marks, task: Any) -> ItemMark:
    """What one question earned; `by` is empty while a person has yet to read the answer."""
    if entry:
        return ItemMark(row.position, entry["marks"], entry["max"], entry["by"])
    if task is not None and task.marks is not None:
        return ItemMark(row.position, task.marks, by_key.maximum, "person")
    most = behaviours.most_marks(row.attempt.behaviour, row.version.question)
    if by_key.needs_person:
        return ItemMark(row.position, 0, most, "")
    has_answer = getattr(row, "response", None) is not None
    return ItemMark(row.position, earned_by(row, by_key, row.version) if has_answer else 0, most, "key")


def reviewed_parts(attempt: Attempt, questions: Sequence[ReviewedQuestion], language: str) -> Iterator[ReviewedPart]:
    """How the sections and competencies went that have a pass mark of their own."""
    rule = grading.read_rule(attempt.pass_mark_percent, attempt.pass_rule)
    earned = [question.marks for question in questions]
    most = [question.max_marks for question in questions]
    for part in grading.parts_of(earned, most, rule):
        if part.rule.percent is not None:
            yield ReviewedPart(
                shown(part.rule.title, language),
                part.rule.kind == "competency",
                part.marks,
                part.max_marks,
                part.needed,
                part.is_met,
            )


class _Reader:
    """Reads one answer against its item. A part is called right or wrong only where the key may be told, or where
    everything is right anyway."""

    def __init__(self, spec: Any, value: Any, order: Sequence[int], language: str, told: Told) -> None:
        self.spec = spec
        self.value = value
        self.order = order
        self.language = language
        self.marks = items.grade(self.spec, value)
        self.told = told
        self.is_key_told = told.key
        self.is_judged = told.key or (told.marks and self.marks.is_right and bool(self.spec.points))
        self.right = {part.key for part in self.marks.parts if part.is_right}

    @classmethod
    def of(cls, row: AttemptItem, value: Any, language: str, told: Told) -> "_Reader":
        """For a question as it was asked."""
        return cls(row.version.spec, value, row.choice_order, language, told)

    def lines(self) -> Iterator[ReviewedLine]:
        rule: Callable[[], Iterator[ReviewedLine]] = getattr(self, f"_{self.spec.kind}", lambda: iter(()))
        return rule()

    def lines_given(self) -> tuple[ReviewedLine, ...]:
        """What was answered, without what would have been right."""
        return tuple(replace(line, told=None, feedback=None) for line in self.lines() if line.given)

    def feedback(self) -> Iterator[ShownText]:
        """The words for the whole, and those for how it went."""
        texts = [self.spec.feedback]
        if self.spec.points:
            texts.append(
                self.spec.feedback_right
                if self.marks.is_right
                else self.spec.feedback_partly
                if self.marks.earned
                else self.spec.feedback_wrong
            )
        for text in texts:
            if read := self.text(text):
                yield read

    def text(self, texts: Mapping[str, str] | None) -> ShownText:
        return shown(texts or {}, self.language)

    def words(self, text: str) -> ShownText:
        return ShownText(text, self.language, is_fallback=False)

    def line(
        self,
        given: ShownText | None,
        *,
        label: ShownText | None = None,
        is_right: bool | None = None,
        told: ShownText | None = None,
        feedback: Mapping[str, str] | None = None,
    ) -> ReviewedLine:
        return ReviewedLine(
            label=label,
            given=given or None,
            is_right=is_right if self.is_judged and given else None,
            told=told if self.is_key_told and not is_right else None,
            feedback=(self.text(feedback) or None) if self.told.feedback else None,
        )

    # --- Choices --------------------------------------------------------------------------------------------------

    def _single_choice(self) -> Iterator[ReviewedLine]:
        yield from self._ticks([self.spec.choices[place] for place in self.order], self.value, lambda c: c.text)

    _multiple_choice = _true_false = _single_choice

    def _image_choice(self) -> Iterator[ReviewedLine]:
        choices = [self.spec.choices[place] for place in self.order]
        yield from self._ticks(choices, self.value, lambda choice: choice.text or choice.alt)

    def _hotspot(self) -> Iterator[ReviewedLine]:
        taken = list(self.value.get("regions", ())) if self.value else []
        if self.value and "points" in self.value:
            taken = items.regions_at(self.spec, self.value["points"])
            if missed := len(self.value["points"]) - len(taken):
                beside = _("beside every place") if missed == 1 else _("%(count)s times beside every place")
                yield self.line(self.words(beside % {"count": missed}), is_right=False)
        yield from self._ticks(self.spec.regions, taken, lambda region: region.label)

    def _ticks(
        self, choices: Sequence[Any], taken: Sequence[str], words: Callable[[Any], Mapping[str, str]]
    ) -> Iterator[ReviewedLine]:
        for choice in choices:
            if choice.key in taken:
                yield self.line(self.text(words(choice)), is_right=choice.weight > 0, feedback=choice.feedback)
        if self.is_key_told:
            for choice in choices:
                if choice.weight > 0 and choice.key not in taken and not self._is_right_enough(choice):
                    yield self.line(None, told=self.text(words(choice)), feedback=choice.feedback)

    def _is_right_enough(self, choice: Any) -> bool:
        """Of a single choice, only what earns the whole mark is told, and nothing where that was taken."""
        is_single = (
            self.spec.kind in {"single_choice", "true_false"} or getattr(self.spec, "is_multiple", None) is False
        )
        return is_single and (choice.weight < items.WHOLE or self.marks.is_right)

    def _survey(self) -> Iterator[ReviewedLine]:
        if not self.spec.choices:
            yield from self._essay()
        for choice in self.spec.choices:
            if choice.key in self.value:
                yield self.line(self.text(choice.text))

    # --- Putting together -----------------------------------------------------------------------------------------

    def _matching(self) -> Iterator[ReviewedLine]:
        matches = {match.key: match.text for match in self.spec.matches}
        for place in self.order:
            prompt = self.spec.prompts[place]
            given = (self.value or {}).get(prompt.key, "")
            yield self.line(
                self.text(matches.get(given)),
                label=self.text(prompt.text),
                is_right=given == prompt.match,
                told=self.text(matches[prompt.match]),
                feedback=prompt.feedback if given else None,
            )

    def _ordering(self) -> Iterator[ReviewedLine]:
        entries = {entry.key: entry.text for entry in self.spec.entries}
        for place, entry in enumerate(self.spec.entries):
            given = self.value[place] if place < len(self.value) else ""
            yield self.line(
                self.text(entries.get(given)),
                label=self.words(str(place + 1)),
                is_right=given == entry.key,
                told=self.text(entry.text),
            )

    def _gap_select(self) -> Iterator[ReviewedLine]:
        words = {choice.key: choice.text for group in self.spec.groups for choice in group.choices}
        for number, gap in enumerate(self.spec.gaps, start=1):
            given = (self.value or {}).get(gap.key, "")
            yield self.line(
                self.text(words.get(given)),
                label=self._gap_label(number),
                is_right=given == gap.right,
                told=self.text(words[gap.right]),
            )

    def _gap_label(self, number: int) -> ShownText:
        return self.words(_("Gap %(number)s") % {"number": number})

    def _likert(self) -> Iterator[ReviewedLine]:
        scale = {point.key: point.text for point in self.spec.scale}
        for statement in self.spec.statements:
            given = (self.value or {}).get(statement.key, "")
            yield self.line(self.text(scale.get(given)), label=self.text(statement.text))

    def _case(self) -> Iterator[ReviewedLine]:
        nodes = {node.key: node for node in self.spec.nodes}
        here = self.spec.start
        for key in self.value or ():
            best = max(nodes[here].choices, key=lambda choice: choice.weight)
            taken = next(choice for choice in nodes[here].choices if choice.key == key)
            yield self.line(
                self.text(taken.text),
                label=self.text(nodes[here].text),
                is_right=taken.weight == best.weight,
                told=self.text(best.text),
                feedback=taken.feedback,
            )
            here = taken.next

    # --- Words and numbers ----------------------------------------------------------------------------------------

    def _essay(self) -> Iterator[ReviewedLine]:
        if not items.is_empty(self.value):
            yield self.line(self.words(self.value["text"]))

    def _short_text(self) -> Iterator[ReviewedLine]:
        yield self._by_form(self.value, self.spec.answers)

    _numeric = _short_text

    def _by_form(self, value: Any, answers: Sequence[Any]) -> ReviewedLine:
        given = f"{value['text']} {value.get('unit', '')}".strip() if value else ""
        at = next((name for name in self.marks.feedback if name.isdecimal()), None)
        return self.line(
            self.words(given),
            is_right=self.marks.is_right,
            told=self.words(self._right_form(answers)),
            feedback=answers[int(at)].feedback if at is not None else None,
        )

    def _right_form(self, answers: Sequence[Any]) -> str:
        """The first form that earns the whole; of a number, its bounds where it has two."""
        answer = next(answer for answer in answers if answer.weight == items.WHOLE)
        if hasattr(answer, "text"):
            return str(answer.text)
        base = next((f" {unit.name}" for unit in getattr(self.spec, "units", ()) if unit.multiplier == "1"), "")
        return f"{answer.value}–{answer.upper}{base}" if answer.upper else f"{answer.value}{base}"

    def _cloze(self) -> Iterator[ReviewedLine]:
        said = dict(name.split("/", 1) for name in self.marks.feedback)
        for number, gap in enumerate(self.spec.gaps, start=1):
            given = (self.value or {}).get(gap.key, "")
            if gap.kind == "select":
                words = {choice.key: choice for choice in gap.choices}
                best = next(choice for choice in gap.choices if choice.weight == items.WHOLE)
                read, told = self.text(words[given].text if given else None), self.text(best.text)
                feedback = words[said[gap.key]].feedback if gap.key in said else None
            else:
                read, told = self.words(given), self.words(self._right_form(gap.answers))
                feedback = gap.answers[int(said[gap.key])].feedback if gap.key in said else None
            yield self.line(
                read, label=self._gap_label(number), is_right=gap.key in self.right, told=told, feedback=feedback
            )


def marks_in_words(attempt: Attempt) -> str:
    """ "4 of 5", or nothing for an attempt without marks."""
    if attempt.marks is None:
        return ""
    return _("%(points)s of %(max_points)s") % {
        "points": points_in_words(attempt.marks),
        "max_points": points_in_words(attempt.max_marks),
    }
