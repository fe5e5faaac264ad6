"""Settings and options that several commands share."""

from pathlib import Path

import click

from .environment import PREFIX
from .option_types import NumberType

# Each option can also be set in the environment, as PARLOUR_OPTION, except for --trace:
# one variable would make both programs write to the same file.
SETTINGS = {
    "auto_envvar_prefix": PREFIX.removesuffix("_"),
    "help_option_names": ["-h", "--help"],
    "max_content_width": 88,
}


def _version(_ctx: click.Context) -> str:
    """Return the version, and those of what the program runs on, one on each line."""
    from parlour.server.monitoring.versions import versions  # noqa: PLC0415

    own = versions("async")
    uvloop = own.uvloop or "not installed"
    return (
        f"parlour {own.version}\nPython {own.python}\nuvloop {uvloop}\n"
        f"SQLite {own.sqlite}\n{own.tls}"
    )


VERSION = click.custom_version_option(
    _version,
    allow_from_autoenv=False,
    help="Show the version, and those of Python and libraries, and exit.",
)

ENGINE = click.Choice(["async", "threads"])

RECV_SIZE = click.option(
    "--recv-size",
    type=NumberType(1, 1 << 20),
    default=65_536,
    show_default=True,
    metavar="BYTES",
    help="Maximum size of one read from a socket.",
)

TRACE = click.option(
    "--trace",
    allow_from_autoenv=False,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Append every line that is sent or received to FILE.",
)
