"""The questions of an open attempt, ready for a screen. Never selects the column of the keys."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse

from quizzes import grading, items, selection
from quizzes.data import ShownChoice, ShownFile, ShownNode, ShownPart, ShownPiece, ShownQuestion, ShownText
from quizzes.models import AnswerFile, Attempt, AttemptItem, Item

NO_TEXT = ShownText("", "", is_fallback=False)


def shown(texts: Mapping[str, str], language: str) -> ShownText:
    """`texts` for a reader of `language`: in it, else in the site's default language, else in any there is."""
    for code in (language, settings.LANGUAGE_CODE, *texts):
        if texts.get(code):
            return ShownText(texts[code], code, is_fallback=code != language)
    return ShownText("", language, is_fallback=False)


def questions_of(attempt: Attempt, *, language: str) -> list[ShownQuestion]:
    """Every question of the attempt with the answer given so far: one query, and one for files that were sent."""
    rows = (
        AttemptItem.objects.filter(attempt=attempt)
        .order_by("position")
        .values_list(
            "position",
            "choice_order",
            "version__question",
            "response__value",
            "response__revision",
            "response__certainty",
        )
    )
    total = len(rows)
    media_url = media_url_of(attempt)
    sections = _section_titles(attempt, language)
    files = files_of(attempt) if any(row[2]["kind"] == "upload" for row in rows) else {}
    return [
        _Asked(question, order, value or (), language, seed=f"{attempt.seed}/{position}", files=files).shown(
            position=position,
            total=total,
            revision=revision or 0,
            media_url=media_url,
            section=sections.get(position),
            certainty=certainty,
        )
        for position, order, question, value, revision, certainty in rows
    ]


def _section_titles(attempt: Attempt, language: str) -> dict[int, ShownText]:
    """By position, the titles of the sections that have one."""
    rule = grading.read_rule(attempt.pass_mark_percent, attempt.pass_rule)
    return {
        position: shown(part.title, language)
        for part in rule.parts
        if part.kind == "section" and part.title
        for position in part.positions
    }


def files_of(attempt: Attempt) -> dict[str, ShownFile]:
    """The files that were sent in the attempt, by token: one query."""
    rows = AnswerFile.objects.filter(attempt_item__attempt=attempt).values_list("token", "name", "type", "size")
    return {token: ShownFile(token, name, type, size) for token, name, type, size in rows}


def media_url_of(attempt: Attempt) -> str:
    """Where the files of an attempt are; their tokens follow."""
    return reverse("quizzes:media", args=[attempt.public_id, "-"]).removesuffix("-")


def preview_of(item: Item, *, language: str, media_url: str = "") -> ShownQuestion | None:
    """The item as a learner would be asked it, as it reads now; None for one without content."""
    if item.current_version is None:
        return None
    question = item.current_version.question
    order = range(len(question.get("choices") or question.get("prompts") or []))
    return _Asked(question, order, (), language, seed="preview").shown(
        position=1, total=1, revision=0, media_url=media_url
    )


class _Asked:
    """One question on its way to the screen."""

    def __init__(
        self,
        question: Mapping[str, Any],
        order: Iterable[int],
        value: Any,
        language: str,
        *,
        seed: str,
        files: Mapping[str, ShownFile] | None = None,
    ) -> None:
        self.files = files or {}
        self.question = question
        self.order = list(order)
        self.value = value
        self.language = language
        self.seed = seed
        self.fields: dict[str, list[str]] = {}
        for name, entry in items.fields_of(question, value):
            self.fields.setdefault(name, []).append(entry)

    def shown(self, **place: Any) -> ShownQuestion:
        question = self.question
        kind = question["kind"]
        return ShownQuestion(
            kind=kind,
            stem=self.text(question["stem"]),
            points=question["points"],
            is_answered=kind == "description" or not items.is_empty(self.value),
            is_multiple=kind == "multiple_choice" or question.get("is_multiple", False),
            **place,
            **getattr(self, f"_{kind}", self._nothing)(),
        )

    def text(self, texts: Mapping[str, str]) -> ShownText:
        return shown(texts, self.language)

    def first(self, name: str) -> str:
        return self.fields.get(name, [""])[0]

    def shuffled(self, purpose: str, members: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        by_key = {member["key"]: member for member in members}
        return [by_key[key] for key in selection.shuffled(self.seed, purpose, by_key)]

    def options(self, members: Iterable[Mapping[str, Any]], taken: Sequence[str]) -> tuple[ShownChoice, ...]:
        return tuple(
            ShownChoice(
                member["key"], self.text(member["text"]), member["key"] in taken, next=str(member.get("next", ""))
            )
            for member in members
        )

    def _nothing(self) -> dict[str, Any]:
        return {}

    def _single_choice(self) -> dict[str, Any]:
        members = self.question["choices"]
        return {"choices": self.options([members[place] for place in self.order], self.fields.get("choice", ()))}

    _multiple_choice = _true_false = _single_choice

    def _image_choice(self) -> dict[str, Any]:
        members = [self.question["choices"][place] for place in self.order]
        taken = self.fields.get("choice", ())
        return {
            "choices": tuple(
                ShownChoice(
                    member["key"],
                    self.text(member["text"] or member["alt"]),
                    member["key"] in taken,
                    image=member["image"],
                )
                for member in members
            )
        }

    def _survey(self) -> dict[str, Any]:
        if not self.question["choices"]:
            return {"text": self.first("text")}
        return {"choices": self.options(self.question["choices"], self.fields.get("choice", ()))}

    def _essay(self) -> dict[str, Any]:
        return {
            "text": self.first("text") or str(self.text(self.question["template"])),
            "min_words": self.question["min_words"],
            "max_words": self.question["max_words"],
        }

    def _upload(self) -> dict[str, Any]:
        tokens = self.fields.get("file", ())
        return {
            "files": tuple(self.files[token] for token in tokens if token in self.files),
            "max_files": self.question["max_files"],
            "max_megabytes": self.question["max_megabytes"],
            "accept": self.question["accept"],
        }

    def _matching(self) -> dict[str, Any]:
        matches = self.shuffled("matches", self.question["matches"])
        return {"parts": self._selects([self.question["prompts"][place] for place in self.order], matches)}

    def _likert(self) -> dict[str, Any]:
        return {"parts": self._selects(self.question["statements"], self.question["scale"])}

    def _selects(
        self, prompts: Sequence[Mapping[str, Any]], options: Sequence[Mapping[str, Any]]
    ) -> tuple[ShownPart, ...]:
        return tuple(
            ShownPart(
                name := f"part.{prompt['key']}",
                self.text(prompt["text"]),
                self.options(options, [self.first(name)]),
                self.first(name),
                number=number,
            )
            for number, prompt in enumerate(prompts, start=1)
        )

    def _ordering(self) -> dict[str, Any]:
        entries = self.shuffled("entries", self.question["entries"])
        placed = {entry["key"]: self.first(f"place.{entry['key']}") for entry in entries}
        entries.sort(key=lambda entry: int(placed[entry["key"]] or len(entries)))
        places = [ShownText(str(at), self.language, is_fallback=False) for at in range(1, len(entries) + 1)]
        return {
            "parts": tuple(
                ShownPart(
                    f"place.{entry['key']}",
                    self.text(entry["text"]),
                    tuple(ShownChoice(str(at), at, str(at) == placed[entry["key"]]) for at in places),
                    placed[entry["key"]],
                    number=number,
                )
                for number, entry in enumerate(entries, start=1)
            )
        }

    def _gap_select(self) -> dict[str, Any]:
        groups = {group["key"]: self.shuffled("words", group["choices"]) for group in self.question["groups"]}
        return {"pieces": self._pieces({gap["key"]: groups[gap["group"]] for gap in self.question["gaps"]}, set())}

    def _cloze(self) -> dict[str, Any]:
        gaps = self.question["gaps"]
        choices = {
            gap["key"]: (
                [] if gap["kind"] != "select"
                else self.shuffled(gap["key"], gap["choices"]) if gap["shuffle"]
                else gap["choices"]
            )
            for gap in gaps
        }  # fmt: skip
        return {"pieces": self._pieces(choices, {gap["key"] for gap in gaps if gap["kind"] == "numeric"})}

    def _pieces(self, choices: Mapping[str, Sequence[Mapping[str, Any]]], numbers: set[str]) -> tuple[ShownPiece, ...]:
        text = self.text(self.question["text"])
        pieces = []
        for number, (words, key) in enumerate(items.pieces_of(text.text), start=1):
            value = self.first(f"part.{key}")
            gap = (
                ShownPart(
                    f"part.{key}", NO_TEXT, self.options(choices[key], [value]), value, key in numbers, number=number
                )
                if key
                else None
            )
            pieces.append(ShownPiece(ShownText(words, text.language, text.is_fallback), gap))
        return tuple(pieces)

    def _short_text(self) -> dict[str, Any]:
        return {"text": self.first("text")}

    def _numeric(self) -> dict[str, Any]:
        units = tuple(unit["name"] for unit in self.question["units"])
        return {"text": self.first("text"), "unit": self.first("unit"), "units": units}

    def _hotspot(self) -> dict[str, Any]:
        regions = [{"key": region["key"], "text": region["label"]} for region in self.question["regions"]]
        return {
            "image": self.question["image"],
            "alt": self.text(self.question["alt"]),
            "choices": self.options(self.shuffled("regions", regions), self.fields.get("region", ())),
            "touched": tuple(self.fields.get("point", ())),
        }

    def _case(self) -> dict[str, Any]:
        nodes = self.question["nodes"]
        reached = {self.question["start"]}
        for node in nodes:
            taken = self.first(f"node.{node['key']}")
            reached |= {reply["next"] for reply in node["choices"] if reply["key"] == taken and reply["next"]}
        return {
            "nodes": tuple(
                ShownNode(
                    f"node.{node['key']}",
                    node["key"],
                    self.text(node["speaker"]),
                    self.text(node["text"]),
                    self.options(
                        self.shuffled(node["key"], node["choices"]) if self.question["shuffle"] else node["choices"],
                        self.fields.get(f"node.{node['key']}", ()),
                    ),
                    node["key"] in reached,
                )
                for node in self._in_order(nodes)
            )
        }

    def _in_order(self, nodes: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """A node after all that lead to it, so that a way through goes down the page."""
        by_key = {node["key"]: node for node in nodes}
        reachable, waiting = {self.question["start"]}, [self.question["start"]]
        leading: dict[str, int] = {}
        while waiting:
            for reply in by_key[waiting.pop()]["choices"]:
                if after := reply["next"]:
                    leading[after] = leading.get(after, 0) + 1
                    if after not in reachable:
                        reachable.add(after)
                        waiting.append(after)
        ordered, ready = [], [self.question["start"]]
        while ready:
            ordered.append(by_key[ready.pop(0)])
            for reply in ordered[-1]["choices"]:
                if after := reply["next"]:
                    leading[after] -= 1
                    if not leading[after]:
                        ready.append(after)
        return ordered


def may_see_media(attempt: Attempt, token: str) -> bool:
    """Whether the attempt shows this file: while it is open, what a question shows; once it is closed, also what an
    answer key does. One query."""
    columns = ["version__question__media"] + ([] if attempt.is_open else ["version__answer_key__media"])
    rows = AttemptItem.objects.filter(attempt=attempt).values_list(*columns)
    return any(media["key"] == token for row in rows for shown_media in row for media in shown_media or ())
