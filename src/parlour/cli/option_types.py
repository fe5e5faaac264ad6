"""Types of options and arguments: ports, hosts, rates, files and history limits."""

import os
import re
from dataclasses import dataclass
from ipaddress import IPv6Address
from pathlib import Path
from typing import Final, NoReturn

import click

from parlour.core.limits import MAX_SLOW
from parlour.core.rate_limit import Rate
from parlour.server.config import Bound

from .value_type import ValueType

HIGHEST_PORT: Final = 65_535

UNITS: Final = {
    "": Bound("max_messages", 1),
    "kb": Bound("max_bytes", 10**3),
    "mb": Bound("max_bytes", 10**6),
    "gb": Bound("max_bytes", 10**9),
    "tb": Bound("max_bytes", 10**12),
    "kib": Bound("max_bytes", 1 << 10),
    "mib": Bound("max_bytes", 1 << 20),
    "gib": Bound("max_bytes", 1 << 30),
    "tib": Bound("max_bytes", 1 << 40),
    "min": Bound("max_age", 60),
    "h": Bound("max_age", 3_600),
    "d": Bound("max_age", 86_400),
    "w": Bound("max_age", 7 * 86_400),
    "y": Bound("max_age", 365 * 86_400),
}
BYTES: Final = {"kb": "kB", "mb": "MB", "gb": "GB", "tb": "TB"} | {
    "kib": "KiB",
    "mib": "MiB",
    "gib": "GiB",
    "tib": "TiB",
}
"""How units of bytes are usually written."""

MAX_BOUNDS: Final = {
    "max_messages": 1_000_000_000,
    "max_bytes": 1 << 50,
    "max_age": 1_000 * UNITS["y"].value,
}


@dataclass(frozen=True)
class Memory:
    """The location of a history without a file."""


def file_in_directory(value: object, directory: Path) -> object:
    """Return the path *value* of a file, in *directory* if it is relative."""
    return str(directory / value) if isinstance(value, str) and value else value


class HistoryType(ValueType[Path | Memory]):
    """A file, or the word ``memory`` (a file with this name is ``./memory``)."""

    name = "file"
    is_file = True

    def parse(self, value: object) -> Path | Memory:
        if isinstance(value, Path | Memory):
            return value
        if not value or "\0" in str(value):
            self.fail("name a file, or use 'memory'")
        if not Path(str(value)).name:
            self.fail(f"{value} is a directory: name a file in it")
        return Memory() if value == "memory" else Path(str(value))

    def written(self, value: Path | Memory) -> str:
        return "memory" if isinstance(value, Memory) else f"{value}"

    def in_directory(self, value: object, directory: Path) -> object:
        return value if value == "memory" else file_in_directory(value, directory)


class BoundType(ValueType[Bound]):
    """A limit of a history: ``1000000`` messages, ``500MB`` of text, or ``30d``."""

    name = "bound"
    takes_numbers = True

    def parse(self, value: object) -> Bound:
        if isinstance(value, Bound):
            return value
        found = re.fullmatch(r"([0-9]{1,15})\s*([a-z]*)", str(value).lower())
        if found is None or found[2] not in UNITS:
            self.fail(
                f"{str(value)!r} is not a number of messages such as 1000000, a size "
                "such as 500MB, or an age such as 30d (also min, h, w, y)"
            )
        unit = UNITS[found[2]]
        bound = Bound(unit.kind, int(found[1]) * unit.value)
        if bound.value == 0:
            self.fail(
                f"{value} would delete everything: use 1 or more, or --history memory "
                "to keep nothing after the server ends"
            )
        if bound.value > MAX_BOUNDS[bound.kind]:
            self.fail(f"{value} is more than the maximum")
        return bound

    def written(self, value: Bound) -> str:
        kind, number = value
        of_kind = {
            name: unit.value for name, unit in UNITS.items() if unit.kind == kind
        }
        fitting = [name for name in of_kind if number % of_kind[name] == 0]
        name = max(fitting, key=of_kind.__getitem__)
        return f"{number // of_kind[name]}{BYTES.get(name, name)}"


def each_kind_once(
    _ctx: click.Context, _param: click.Parameter, bounds: tuple[Bound, ...]
) -> tuple[Bound, ...]:
    """Return *bounds*; raise BadParameter if two are of the same kind."""
    if len({bound.kind for bound in bounds}) < len(bounds):
        raise click.BadParameter("use a number, a size and an age only once each")
    return bounds


class RateType(ValueType[Rate | None]):
    """Lines a second and the maximum burst, such as ``5/20``, or ``off``."""

    name = "rate"
    takes_numbers = True
    words = ("off",)

    def parse(self, value: object) -> Rate | None:
        if value == "off":
            return None
        value = str(value)
        per_second, _, burst = value.partition("/")
        try:
            rate = Rate(float(per_second), float(burst or per_second))
        except ValueError:
            self.fail(f"{value!r} is not a rate such as '5/20', or 'off'")
        if not (0 < rate.per_second < 1e9 and 1 <= rate.burst < 1e9):
            self.fail("use a rate above 0 and a burst of at least 1")
        return rate

    def written(self, value: Rate | None) -> str:
        return "off" if value is None else f"{value.per_second:g}/{value.burst:g}"


class SlowType(ValueType[int]):
    """Seconds between two messages in a room; 0, or ``off``, if it is not slow."""

    name = "seconds"

    def parse(self, value: object) -> int:
        typed = str(value)
        if typed == "off":
            return 0
        if re.fullmatch("[0-9]{1,4}", typed) is None or int(typed) > MAX_SLOW:
            wanted = f"a number of seconds up to {MAX_SLOW}, or 'off'"
            self.fail(f"{typed!r} is not {wanted}")
        return int(typed)


class HostType(ValueType[str]):
    """A host name or an address. "" is refused, since it means all addresses."""

    name = "address"

    def parse(self, value: object) -> str:
        if not value:
            self.fail("it is empty; use 0.0.0.0 or :: for all addresses")
        return str(value)


class PortType(ValueType[int]):
    """A port number from *lowest* up."""

    name = "port"
    takes_numbers, takes_strings = True, False

    def __init__(self, lowest: int) -> None:
        self._lowest = lowest

    def parse(self, value: object) -> int:
        digits = str(value)
        if re.fullmatch("[0-9]{1,5}", digits) is None:
            self._refuse(digits)
        if not self._lowest <= int(digits) <= HIGHEST_PORT:
            self._refuse(digits)
        return int(digits)

    def _refuse(self, digits: str) -> NoReturn:
        expected = f"a number from {self._lowest} to {HIGHEST_PORT}"
        self.fail(f"{digits!r} is not a port, {expected}")


class NumberType(click.IntRange):
    """A whole number in a range, whose errors say which numbers are allowed."""

    def convert(
        self,
        value: int,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> int:
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            upward = "up" if self.max is None else f"to {self.max}"
            wanted = f"a number from {self.min} {upward}"
            self.fail(f"{str(value)!r} is not {wanted}", param, ctx)


@dataclass(frozen=True)
class NoPort:
    """The word ``off`` instead of a port."""


class OptionalPortType(ValueType[int | NoPort]):
    """A port number, or the word ``off``."""

    name = "port"
    takes_numbers, takes_strings = True, False
    words = ("off",)

    def parse(self, value: object) -> int | NoPort:
        if value == "off" or isinstance(value, NoPort):
            return NoPort()
        if not re.fullmatch("[0-9]+", str(value)):
            self.fail(f"{value!r} is neither 'off' nor a port number")
        return PortType(0).parse(value)

    def written(self, value: int | NoPort) -> str:
        return "off" if isinstance(value, NoPort) else str(value)


class PathType(ValueType[Path]):
    """A file that is read."""

    name = "file"
    is_file = True

    def parse(self, value: object) -> Path:
        if not value or "\0" in str(value):
            self.fail("name a file")
        return Path(str(value))

    def in_directory(self, value: object, directory: Path) -> object:
        return file_in_directory(value, directory)


@dataclass(frozen=True)
class AutoPort:
    """The default port, or a free one if that is in use."""


class WebPortType(ValueType[int | AutoPort]):
    """A port number, or the word ``auto``."""

    name = "port"
    takes_numbers, takes_strings = True, False
    words = ("auto",)

    def parse(self, value: object) -> int | AutoPort:
        if value == "auto" or isinstance(value, AutoPort):
            return AutoPort()
        if not re.fullmatch("[0-9]+", str(value)):
            self.fail(f"{value!r} is neither 'auto' nor a port number")
        return PortType(0).parse(value)

    def written(self, value: int | AutoPort) -> str:
        return "auto" if isinstance(value, AutoPort) else str(value)


class AllowedHostType(ValueType[str]):
    """A host without scheme, port and path; the brackets of IPv6 are optional."""

    name = "host"

    def parse(self, value: object) -> str:
        host = str(value)
        if re.fullmatch(r"[A-Za-z0-9._-]+", host):
            return host
        try:
            return f"[{IPv6Address(host.removeprefix('[').removesuffix(']'))}]"
        except ValueError:
            message = f"{value!r} is not just a host, such as chat.example.org"
            self.fail(message)


class FileType(click.Path):
    """The path of a file, not of a directory."""

    def convert(
        self,
        value: str | os.PathLike[str],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> str | bytes | os.PathLike[str]:
        if not Path(value).name:
            is_directory = f"{value} is a directory: name a file in it"
            self.fail(is_directory if value else "it is empty", param, ctx)
        return super().convert(value, param, ctx)
