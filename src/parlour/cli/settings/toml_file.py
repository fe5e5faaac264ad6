"""The file of the configuration, in TOML: `parlour.toml`.

A file consists of keys and values, without tables; each key is the name of a setting.
Every problem in it is found, not only the first, and reported with its line.
"""

import re
import tomllib
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final, NamedTuple

import click

from ..environment import MIN_SIMILARITY
from ..value_type import ValueType
from .setting import Setting
from .table import SETTINGS_BY_NAME
from .toml_value import toml_value

MAX_FILE: Final = 1 << 20  # bytes
MAX_BITS: Final = 64  # of an integer in TOML; Python refuses to write very large ones

LINE: Final = re.compile(r" \(at line (\d+), (column \d+)\)$")
AT_END: Final = " (at end of document)"
"""Where TOML is invalid, at the end of a message of `tomllib`."""


class AcceptedValues(NamedTuple):
    """Which values of TOML a setting may have."""

    numbers: bool
    strings: bool
    words: tuple[str, ...]
    """Strings with a meaning; "on" and "off" may be true and false."""

    def described(self) -> str:
        """Return what is expected, for an error."""
        kinds = ["a number"] if self.numbers else []
        if self.strings:
            kinds.append("a string")
        else:
            kinds += map(toml_value, self.words)
        return " or ".join(kinds)


def accepted_values(kind: click.ParamType[Any]) -> AcceptedValues:
    """Return which values of TOML are those of a *kind* of setting."""
    match kind:
        case click.Choice():
            return AcceptedValues(False, False, tuple(map(str, kind.choices)))
        case ValueType():
            return AcceptedValues(kind.takes_numbers, kind.takes_strings, kind.words)
    return AcceptedValues(True, False, ())  # a number in a range


class Problem(NamedTuple):
    """What is wrong in a file, and where."""

    line: int
    """From 1; 0 if it is no line in particular."""
    text: str


@dataclass(frozen=True, slots=True)
class ConfigurationFile:
    """What a file of the configuration contains."""

    path: Path
    values: dict[str, object] = field(default_factory=dict)
    """The valid values, as they are written, by the parameters of the settings."""
    lines: dict[str, int] = field(default_factory=dict)
    """The line of each of them, from 1."""
    problems: list[Problem] = field(default_factory=list)

    def describe_problems(self) -> list[str]:
        """Return a line for each problem, which begins with its place."""
        return [
            f"{self.path}:{line}: {_one_line(text)}"
            if line
            else f"{self.path}: {_one_line(text)}"
            for line, text in sorted(self.problems)
        ]


def read_configuration(path: Path) -> ConfigurationFile:
    """Read the file at *path*. What is wrong with it is in the result."""
    result, text = ConfigurationFile(path), ""
    try:
        text = _read(path)
        parsed = tomllib.loads(text)
    except tomllib.TOMLDecodeError as exc:
        result.problems.append(_invalid(exc, text))
        return result
    except (OSError, ValueError) as exc:
        result.problems.append(_unreadable(exc))
        return result
    lines = lines_of_keys(text)
    for name, value in parsed.items():
        line = lines.get(name, 0)
        setting = SETTINGS_BY_NAME.get(name)
        if setting is None:
            result.problems.append(Problem(line, _unknown(name)))
            continue
        try:
            result.values[setting.parameter] = _checked(setting, value, path.parent)
            result.lines[setting.parameter] = line
        except click.BadParameter as exc:
            result.problems.append(Problem(line, f"{name}: {exc.message}"))
    return result


def lines_of_keys(text: str) -> dict[str, int]:
    """Return the line of each key of valid TOML without tables, from 1.

    Statements of such a file do not depend on each other: the next one ends where what
    has been read since the last one is valid by itself.
    """
    found: dict[str, int] = {}
    statement, start = "", 1
    for number, line in enumerate(text.splitlines(keepends=True), 1):
        statement += line
        try:
            keys = tomllib.loads(statement)
        except tomllib.TOMLDecodeError:
            continue  # an array or a string goes on
        for key in keys:
            found.setdefault(key, start)
        statement, start = "", number + 1
    return found


def _read(path: Path) -> str:
    with path.open("rb") as file:
        data = file.read(MAX_FILE + 1)
    if len(data) > MAX_FILE:
        raise ValueError(f"it has more than {MAX_FILE:,} bytes")
    return data.decode("utf-8-sig")


def _unreadable(exc: OSError | ValueError) -> Problem:
    if isinstance(exc, OSError):
        return Problem(0, exc.strerror or str(exc))
    if isinstance(exc, UnicodeDecodeError):
        return Problem(0, "it is not in UTF-8")
    return Problem(0, str(exc))


def _invalid(exc: tomllib.TOMLDecodeError, text: str) -> Problem:
    """Return why *text* is not TOML, with the line that the message of *exc* names."""
    what = f"it is not valid TOML: {exc}"
    if found := LINE.search(what):
        what, line, place = what[: found.start()], int(found[1]), f"at {found[2]}"
    else:
        what, line = what.removesuffix(AT_END), max(1, len(text.splitlines()))
        place = "at the end of the file"
    return Problem(line, f"{what} ({place})")


def _one_line(text: str) -> str:
    """Return *text*, which may have parts of the file in it, safe to print."""
    return text if text.isprintable() else ascii(text)[1:-1]


def _unknown(name: str) -> str:
    """Return that there is no such setting, and a similar one."""
    wanted = name.replace("_", "-").lower()
    similar = get_close_matches(wanted, SETTINGS_BY_NAME, 1, MIN_SIMILARITY)
    suggestion = f"; did you mean {similar[0]}?" if similar else ""
    return f"there is no setting {name}{suggestion}"


def _checked(setting: Setting, value: object, directory: Path) -> object:
    """Return *value* as an option would be typed. Raises `click.BadParameter`."""
    kind = accepted_values(setting.type)
    if isinstance(value, list) and not setting.is_multiple:
        raise _other_type(kind, value)
    values = value if isinstance(value, list) else [value]
    typed = [_typed(each, kind) for each in values]
    if isinstance(setting.type, ValueType):
        typed = [setting.type.in_directory(each, directory) for each in typed]
    converted = tuple(setting.type.convert(each, None, None) for each in typed)
    if setting.callback is not None:
        setting.callback(None, None, converted)
    return typed if setting.is_multiple else typed[0]


def _typed(value: object, kind: AcceptedValues) -> object:
    """Return a value of TOML as one would type it. Raises `click.BadParameter`."""
    match value:
        case bool() if (word := "on" if value else "off") in kind.words:
            return word
        case bool():
            pass
        case str() if kind.strings or value in kind.words:
            return value
        case int() if value.bit_length() > MAX_BITS:
            raise click.BadParameter(f"the number has more than {MAX_BITS} bits")
        case int() if kind.numbers:
            return str(value)
        case float() if kind.numbers:
            return f"{value:g}"
    raise _other_type(kind, value)


def _other_type(kind: AcceptedValues, value: object) -> click.BadParameter:
    """Return the error for a *value* that is not of a *kind*."""
    match value:
        case bool():
            found = "true" if value else "false"
        case str():
            found = f"the string {toml_value(value)}"
        case int() | float():
            found = f"the number {value}"
        case list():
            found = "an array"
        case dict():
            found = "a table"
        case _:
            found = f"a {type(value).__name__}"
    return click.BadParameter(f"expected {kind.described()}, not {found}")
