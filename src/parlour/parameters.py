"""What options may be given, for all commands, and how a command fails."""

from pathlib import Path
from typing import Final, NoReturn

import click

from parlour import __version__

FAILED: Final = 1
USAGE: Final = 2

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
        return Memory() if value == "memory" else Path(str(value))


def history_file(history: Path | Memory | None, port: int) -> Path | None:
    """Return the file that *history* means to the server on *port*; None is memory.

    If it was not said, each port has a file in the user's state directory. A free
    port (0) has none: nobody would ever find that file again.
    """
    if isinstance(history, Path):
        return history
    if history is not None or port == 0:
        return None
    from platformdirs import user_state_path  # noqa: PLC0415 -- only if asked

    return user_state_path("parlour") / f"history-{port}.db"


def fail(what: str, code: int) -> NoReturn:
    """Say what went wrong and end."""
    click.echo(f"parlour: {what}", err=True)
    raise SystemExit(code)
