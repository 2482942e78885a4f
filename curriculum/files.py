"""A YAML file that knows where it stands: every value is asked for by name, and what was not asked for is refused."""

import hashlib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator, URLValidator
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

from curriculum.errors import DataFileError
from curriculum.fields import Translated

_MISSING = object()

code_validator = RegexValidator(r"^[A-Za-z0-9][A-Za-z0-9.-]*$", _("Use letters, digits, dots and hyphens only."))


class Entry:
    """A mapping of a file that knows where it stands, and refuses what it was not asked for.

    A `loose` one takes texts in one language, or none: for rules that are tried out and never loaded.
    """

    def __init__(self, value: Any, file: str, where: str = "", *, loose: bool = False) -> None:
        self.file, self.where, self.loose = file, where, loose
        if not isinstance(value, Mapping):
            raise DataFileError(f"{file}: {where or 'the file'} must be names with values.")
        self.left = dict(value)

    def refuse(self, key: str, problem: str) -> DataFileError:
        return DataFileError(f"{self.file}: {self.path(key)} {problem}")

    def path(self, key: str) -> str:
        return f"{self.where}.{key}" if self.where else key

    def take(self, key: str, default: Any = _MISSING) -> Any:
        value = self.left.pop(key, default)
        if value is _MISSING:
            raise self.refuse(key, "is missing.")
        return value

    def text(self, key: str, default: Any = _MISSING) -> str:
        value = self.take(key, default)
        if not isinstance(value, str) or (default is _MISSING and not value.strip()):
            raise self.refuse(key, "must be a text.")
        return value.strip()

    def code(self, key: str = "code") -> str:
        value = self.text(key)
        try:
            code_validator(value)
        except ValidationError as error:
            raise self.refuse(key, f"is not a code: {value}.") from error
        return value

    def url(self, key: str) -> str:
        value = self.text(key, "")
        try:
            if value:
                URLValidator()(value)
        except ValidationError as error:
            raise self.refuse(key, f"is not an address: {value}.") from error
        return value

    def choice(self, key: str, choices: list[str], default: Any = _MISSING) -> str:
        value = self.take(key, default)
        if value not in choices:
            raise self.refuse(key, f"must be one of {', '.join(filter(None, choices))}, not {value!r}.")
        return value

    def whole(self, key: str, default: Any = _MISSING) -> Any:
        value = self.take(key, default)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 1):
            raise self.refuse(key, f"must be a whole number above zero, not {value!r}.")
        return value

    def day(self, key: str, default: Any = _MISSING) -> Any:
        value = self.take(key, default)
        if isinstance(value, str):
            try:
                value = parse_date(value)
            except ValueError:
                value = ""
        if value is not default and type(value) is not date:
            raise self.refuse(key, "must be a day such as 2026-07-31.")
        return value

    def texts(self, key: str, *, needed: bool = True) -> Translated:
        value = self.take(key, _MISSING if needed and not self.loose else {})
        if self.loose and isinstance(value, str):
            value = {"en": value}
        if not isinstance(value, Mapping) or not all(isinstance(text, str) and text.strip() for text in value.values()):
            raise self.refuse(key, "must be a text for each language.")
        known = [code for code, _name in settings.LANGUAGES]
        if not self.loose and (value or needed) and sorted(value) != sorted(known):
            raise self.refuse(key, f"must have exactly these languages: {', '.join(known)}.")
        return Translated({code: " ".join(value[code].split()) for code in known if code in value})

    def entry(self, key: str) -> "Entry":
        return Entry(self.take(key), self.file, self.path(key), loose=self.loose)

    def entries(self, key: str) -> list["Entry"]:
        value = self.take(key)
        if not isinstance(value, list) or not value:
            raise self.refuse(key, "must be a list with something in it.")
        return [
            Entry(item, self.file, f"{self.path(key)}[{index}]", loose=self.loose)
            for index, item in enumerate(value, start=1)
        ]

    def done(self) -> None:
        for key in self.left:
            raise self.refuse(str(key), "is not known here.")


MOST_LEVELS, MOST_VALUES = 30, 100_000


def _refuse_double_keys(node: yaml.Node | None, file: str) -> None:
    """YAML lets the last of two equal keys win in silence."""
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                raise DataFileError(f"{file}: a name must be a word (line {line}).")
            if key.value in seen:
                raise DataFileError(f"{file}: {key.value} stands twice (line {line}).")
            seen.add(key.value)
            _refuse_double_keys(value, file)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            _refuse_double_keys(value, file)


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Leaves a day that is in no calendar (2026-02-30) as it is written: who asks for a day refuses it in its place."""

    def construct_yaml_timestamp(self, node: yaml.ScalarNode) -> Any:
        try:
            return super().construct_yaml_timestamp(node)
        except ValueError:
            return node.value


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _Loader.construct_yaml_timestamp)


def _refuse_endless(content: bytes, name: str) -> None:
    """Event by event, since the loader in C has no floor of its own: a file nested without end would crash it.

    An alias (`*name`) counts as much as what it stands for: a few lines can otherwise say a billion things.
    """
    sizes: dict[str, int] = {}
    open_now: list[tuple[str | None, int]] = [(None, 0)]
    for event in yaml.parse(content, Loader=_Loader):
        size = 0
        if isinstance(event, yaml.CollectionStartEvent):
            open_now.append((event.anchor, 1))
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, size = open_now.pop()
            if anchor:
                sizes[anchor] = size
        elif isinstance(event, yaml.ScalarEvent):
            size = 1
            if event.anchor:
                sizes[event.anchor] = size
        elif isinstance(event, yaml.AliasEvent):
            if any(anchor == event.anchor for anchor, _size in open_now):
                raise DataFileError(f"{name}: “{event.anchor}” contains itself.")
            size = sizes.get(event.anchor or "", 0)
        anchor, so_far = open_now[-1]
        open_now[-1] = (anchor, so_far + size)
        if len(open_now) > MOST_LEVELS:
            raise DataFileError(f"{name}: this is nested too deep.")
        if so_far + size > MOST_VALUES:
            raise DataFileError(f"{name}: this file says too much.")


def open_yaml(path: Path, name: str) -> tuple[Any, str]:
    """What a YAML file holds, and the digest of its bytes. Raises DataFileError."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataFileError(f"{name}: this file cannot be read: {error.strerror}.") from error
    loader = None
    try:
        _refuse_endless(content, name)
        loader = _Loader(content)
        node = loader.get_single_node()
        _refuse_double_keys(node, name)
        value = None if node is None else loader.construct_document(node)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise DataFileError(f"{name}: this is not YAML: {error}") from error
    finally:
        if loader is not None:
            loader.dispose()
    return value, hashlib.sha256(content).hexdigest()


def open_file(path: Path, name: str = "", *, loose: bool = False) -> tuple[Entry, str]:
    """A file of names with values, and the digest of its bytes. Raises DataFileError."""
    name = name or path.name
    value, digest = open_yaml(path, name)
    return Entry(value, name, loose=loose), digest


def refuse_doubles(codes: list[str], file: str, key: str) -> None:
    """Raise DataFileError for a code that stands twice."""
    for code in codes:
        if codes.count(code) > 1:
            raise DataFileError(f"{file}: {key} has the code {code} twice.")
