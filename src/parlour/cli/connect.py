"""The client as a command, and its options."""

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from .command_classes import PortType, QuietProgram
from .option_types import ENGINE, NEW_FILE, RECV_SIZE, SETTINGS, VERSION

if TYPE_CHECKING:
    from parlour.client.options import Engine


@click.command(cls=QuietProgram, context_settings=SETTINGS)
@VERSION
@click.argument("server")
@click.argument("port", type=PortType(1))
@click.option("--name", metavar="NAME", help="Initial nickname.")
@click.option(
    "--any-name",
    is_flag=True,
    help="In a pipe: go on if the server refuses the name, under another.",
)
@click.option(
    "--engine",
    type=ENGINE,
    default="async",
    show_default=True,
    help="Coroutines, or a thread for the keyboard.",
)
@click.option("--plain", is_flag=True, help="Lines in, lines out, also on a terminal.")
@click.option("--json", is_flag=True, help="Print the wire objects, one a line.")
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Colour the names.",
)
@click.option(
    "--dialect",
    type=click.Choice(["auto", "plain"]),
    default="auto",
    show_default=True,
    help="Say hello to learn whether the server knows more than the assignment, or "
    "do not.",
)
@click.option(
    "--reconnect",
    is_flag=True,
    help="Come back when the connection is lost, and hear what was missed.",
)
@click.option("--timestamps", is_flag=True, help="Put the time before every line.")
@click.option(
    "--recv-size",
    type=RECV_SIZE,
    default=65_536,
    show_default=True,
    metavar="BYTES",
    help="Read from the socket at most at once.",
)
@click.option(
    "--trace",
    allow_from_autoenv=False,
    type=NEW_FILE,
    metavar="FILE",
    help="Append every line of the wire to FILE.",
)
def client(
    *,
    server: str,
    port: int,
    name: str | None,
    any_name: bool,
    engine: "Engine",
    plain: bool,
    json: bool,
    color: Literal["auto", "always", "never"],
    dialect: Literal["auto", "plain"],
    reconnect: bool,
    timestamps: bool,
    recv_size: int,
    trace: Path | None,
) -> None:
    """Join the chat at SERVER and PORT. In it, /help says what one can do."""
    from parlour.client import Options, run  # noqa: PLC0415

    options = Options(
        server=server,
        port=port,
        name=name,
        any_name=any_name,
        engine=engine,
        plain=plain,
        json=json,
        color=color,
        dialect=dialect,
        reconnect=reconnect,
        timestamps=timestamps,
        recv_size=recv_size,
        trace=trace,
    )
    raise SystemExit(run(options))
