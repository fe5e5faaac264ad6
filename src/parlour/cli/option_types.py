"""What options may be given, for all commands, and how a command fails."""

import re
from pathlib import Path
from typing import Final, NoReturn

import click

from parlour import __version__
from parlour.server.config import Bound
from parlour.system.standard_streams import print_error

FAILED: Final = 1
USAGE: Final = 2
CANNOT_START: Final = 3
BAD_ENVIRONMENT: Final = 78  # EX_CONFIG of <sysexits.h>

NO_HOME: Final = (
    "there is no home directory to keep the history in: name a file, --history FILE, "
    "or --history memory"
)

# An option can also be set as PARLOUR_OPTION in the environment. Not so the trace:
# one variable would let both programs write one file.
SETTINGS = {
    "auto_envvar_prefix": "PARLOUR",
    "help_option_names": ["-h", "--help"],
    "max_content_width": 88,
}

VERSION = click.version_option(
    __version__, prog_name="parlour", allow_from_autoenv=False
)

RECV_SIZE = click.IntRange(1, 1 << 20)
ENGINE = click.Choice(["async", "threads"])
NEW_FILE = click.Path(dir_okay=False, path_type=Path)

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
MOST: Final = {
    "max_messages": 1_000_000_000,
    "max_bytes": 1 << 50,
    "max_age": 1_000 * UNITS["y"].value,
}


class Memory:
    """Where a history is that has no file."""


class HistoryType(click.ParamType[Path | Memory]):
    """A file, or the word ``memory`` (a file of that name is ``./memory``)."""

    name = "file"

    def convert(
        self,
        value: object,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Path | Memory:
        if isinstance(value, Path | Memory):
            return value
        if not value or "\0" in str(value):
            self.fail("name a file, or say 'memory'", param, ctx)
        if not Path(str(value)).name:
            self.fail(f"{value} is a directory: name a file in it", param, ctx)
        return Memory() if value == "memory" else Path(str(value))


class BoundType(click.ParamType[Bound]):
    """How much is kept: ``1000000`` messages, ``500MB`` of text, or ``30d``."""

    name = "bound"

    def convert(
        self,
        value: object,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Bound:
        if isinstance(value, Bound):
            return value
        found = re.fullmatch(r"([0-9]{1,15})\s*([a-z]*)", str(value).lower())
        if found is None or found[2] not in UNITS:
            self.fail(
                f"{str(value)!r} is no number of messages as in 1000000, no size as in "
                "500MB, and no age as in 30d (also min, h, w, y)",
                param,
                ctx,
            )
        unit = UNITS[found[2]]
        bound = Bound(unit.kind, int(found[1]) * unit.value)
        if bound.value == 0:
            self.fail(
                f"{value} would delete everything: say 1 or more, or --history memory "
                "to keep nothing when the server ends",
                param,
                ctx,
            )
        if bound.value > MOST[bound.kind]:
            self.fail(f"{value} is more than can be kept", param, ctx)
        return bound


def each_kind_once(
    _ctx: click.Context, _param: click.Parameter, bounds: tuple[Bound, ...]
) -> tuple[Bound, ...]:
    """Return *bounds*, unless two are of one kind, and nobody knows which counts."""
    if len({bound.kind for bound in bounds}) < len(bounds):
        raise click.BadParameter("say a number, a size and an age once each")
    return bounds


def history_file(
    history: Path | Memory | None, port: int, code: int = CANNOT_START
) -> Path | None:
    """Return the file that *history* means to the server on *port*; None is memory.

    If it was not said, each port has a file in the user's state directory. A free
    port (0) has none: nobody would ever find that file again. Where there is no state
    directory, the program ends with *code*.
    """
    if isinstance(history, Path):
        return history
    if history is not None or port == 0:
        return None
    from platformdirs import user_state_path  # noqa: PLC0415 -- only if asked

    try:
        directory = user_state_path("parlour")
    except RuntimeError:  # no HOME, and no entry of this user
        fail(NO_HOME, code)
    return directory / f"history-{port}.db"


def fail(what: str, code: int) -> NoReturn:
    """Say what went wrong and end."""
    print_error(f"parlour: {what}\n")
    raise SystemExit(code)
