"""A small course bundle in a folder, whole and without fault; tests break it where they need to."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import yaml

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="640" height="400" viewBox="0 0 640 400"><rect width="640" height="400" fill="#0F5C5C"/></svg>'  # noqa: E501


def both(text: str) -> dict[str, str]:
    return {"en": text, "es": f"{text} (es)"}


COURSE: dict[str, Any] = {
    "code": "small",
    "title": both("Small course"),
    "slug": {"en": "small-course", "es": "curso-chico"},
    "summary": both("A small course."),
    "helps_with": both("Testing."),
    "topics": ["community"],
    "picture": {"file": "cover.svg", "alt": both("A bridge")},
    "objectives": [both("Name one thing.")],
    "sources": [{"key": "src", "title": "A source", "url": "https://example.org/source", "note": both("The idea.")}],
    "minutes": 12,
    "minutes_basis": both("Estimated."),
}

MODULE: dict[str, Any] = {
    "code": "small-1",
    "title": both("Module one"),
    "slug": {"en": "one", "es": "uno"},
    "summary": both("About one."),
    "minutes": 12,
    "split": {"MA-8": 8, "MA-10": 4},
    "objectives": [both("Do one thing.")],
    "lessons": [
        {
            "code": "small-1-1",
            "title": both("Lesson one"),
            "slug": {"en": "lesson", "es": "leccion"},
            "minutes": 8,
            "blocks": [
                {"id": "s-h", "type": "heading", **both("Hello")},
                {"id": "s-t", "type": "text", **both("Some **bold** text. [@src]")},
                {
                    "id": "s-i",
                    "type": "image",
                    "file": "cover.svg",
                    "alt": both("A bridge"),
                    "caption": both("Caption"),
                },
                {"id": "s-c", "type": "callout", "tone": "tip", "title": both("Tip"), **both("Mind this.")},
                {"id": "s-a", "type": "accordion", "items": [{"title": both("More"), **both("Inside.")}]},
                {"id": "s-f", "type": "flashcards", "cards": [{"front": both("Front"), "back": both("Back")}]},
                {
                    "id": "s-r",
                    "type": "reflection",
                    "activity_minutes": 2,
                    "prompt": both("Think."),
                    "help": both("Why."),
                },
                {"id": "s-p", "type": "practice", "activity_minutes": 3, "title": both("Try"), **both("Do this.")},
                {
                    "id": "s-s",
                    "type": "self_check",
                    "stem": both("Which?"),
                    "choices": [
                        {"text": both("This"), "correct": True, "feedback": both("Yes.")},
                        {"text": both("That"), "correct": False, "feedback": both("No.")},
                    ],
                },
            ],
        },
        {
            "code": "small-1-quiz",
            "title": both("Check"),
            "slug": {"en": "quiz", "es": "cuestionario"},
            "minutes": 4,
            "blocks": [{"id": "s-q", "type": "text", **both("Two questions.")}],
            "quiz": {
                "code": "small-1-quiz",
                "title": both("Quiz one"),
                "draw": 2,
                "items": [
                    {
                        "code": f"small-q{number}",
                        "type": "single_choice",
                        "competency": "MA-8",
                        "stem": both(f"Question {number}?"),
                        "choices": [
                            {"key": "a", "text": both("Right"), "correct": True, "feedback": both("Good.")},
                            {"key": "b", "text": both("Wrong"), "correct": False, "feedback": both("Look again.")},
                        ],
                        "feedback": both("See lesson one."),
                    }
                    for number in (1, 2, 3)
                ],
            },
        },
    ],
}


def course() -> dict[str, Any]:
    return copy.deepcopy(COURSE)


def module() -> dict[str, Any]:
    return copy.deepcopy(MODULE)


def write_bundle(folder: Path, head: dict[str, Any] | None = None, *modules: dict[str, Any]) -> Path:
    """Write a bundle below `folder` and return its path."""
    root = folder / "small"
    (root / "modules").mkdir(parents=True)
    (root / "images").mkdir()
    (root / "images" / "cover.svg").write_text(SVG)
    (root / "course.yaml").write_text(yaml.safe_dump(head or course(), allow_unicode=True), encoding="utf-8")
    for number, part in enumerate(modules or (module(),), start=1):
        (root / "modules" / f"{number:02}.yaml").write_text(yaml.safe_dump(part, allow_unicode=True), encoding="utf-8")
    return root
