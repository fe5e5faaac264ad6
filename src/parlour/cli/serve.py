"""Commands and options. What a command needs is imported when it runs."""

import logging
import signal
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypedDict, Unpack

import click

from parlour.core.rate_limit import Rate
from parlour.server.config import MIN_DESCRIPTORS, Bound, Config, Engine, People, Web
from parlour.system.standard_streams import open_missing_streams

from . import history_tools
from .command_classes import (
    HostType,
    ParlourGroup,
    PortType,
    QuietProgram,
    RateType,
    know_variables_of,
)
from .connect import client
from .option_types import (
    CANNOT_START,
    ENGINE,
    NEW_FILE,
    RECV_SIZE,
    SETTINGS,
    USAGE,
    VERSION,
    BoundType,
    HistoryType,
    Memory,
    each_kind_once,
    fail,
    history_file,
)
from .web_options import AutoPort, page_options, web_config

if TYPE_CHECKING:
    from parlour.server.ports import GatewayFactory

    from .console_dialect import ChatLines

__all__ = ["client", "main", "server"]

PORT = PortType(0)
ELSEWHERE = " (--history FILE or --history memory keeps it elsewhere)"


class ServerOptions(TypedDict):
    """Options of the server that mean in `Config` what they say."""

    host: str
    engine: Engine
    max_users: int | None
    max_per_address: int | None
    max_history: tuple[Bound, ...]
    max_line: int
    rate: Rate | None
    recv_size: int
    log_format: Literal["text", "json"]
    log_people: People
    trace: Path | None


@click.group(cls=ParlourGroup, context_settings=SETTINGS | {"auto_envvar_prefix": None})
@VERSION
def main() -> None:
    """Chat in a group: serve one, or join one.

    `parlour HOST PORT` joins, too.
    """


class ServerProgram(QuietProgram):
    """The server, which logs to standard error."""

    descriptors = MIN_DESCRIPTORS
    fails_with = CANNOT_START

    def tell_ignored(self, ctx: click.Context, ignored: str) -> None:
        if ctx.params["log_format"] == "text":
            super().tell_ignored(ctx, ignored)
            return
        from parlour.server.event_log import log, logging_to_stderr  # noqa: PLC0415

        open_missing_streams()
        with logging_to_stderr("warning", "json"):
            log(logging.WARNING, "environment.ignored", variables=ignored)


@click.command(cls=ServerProgram, context_settings=SETTINGS)
@VERSION
@click.option(
    "--host",
    type=HostType(),
    default="127.0.0.1",
    show_default=True,
    help="Address or name to listen on; 0.0.0.0 or :: for all.",
)
@click.option(
    "--port",
    type=PORT,
    default=5555,
    show_default=True,
    help="Port to listen on; 0 takes a free one.",
)
@click.option(
    "--engine",
    type=ENGINE,
    default="async",
    show_default=True,
    help="Coroutines, or a thread per client.",
)
@click.option(
    "--max-users",
    type=click.IntRange(1, 1_000_000),
    metavar="COUNT",
    help="Connections at a time.  [default: 10000 async, 1000 threads]",
)
@click.option(
    "--max-per-address",
    type=click.IntRange(1, 1_000_000),
    metavar="COUNT",
    help="Connections at a time from one address (IPv6: one /64). This machine is "
    "exempt.  [default: 256, or a quarter of the users if that is less]",
)
@click.option(
    "--history",
    type=HistoryType(),
    metavar="FILE|memory",
    help="Where what was said is kept.  [default: a file for each port, in your state "
    "directory; memory with --port 0]",
)
@click.option(
    "--max-history",
    type=BoundType(),
    multiple=True,
    callback=each_kind_once,
    metavar="COUNT|SIZE|AGE",
    help="How much is kept per room: 50000 messages, 500MB of text, or 30d; can be "
    "repeated.  [default: 1000000 messages in a file, 2048 in memory; 1GiB; any age]",
)
@click.option(
    "--yes",
    is_flag=True,
    allow_from_autoenv=False,
    help="With a smaller --max-history, delete messages without asking.",
)
@click.option(
    "--max-line",
    type=click.IntRange(1024, 1 << 20),
    default=32_768,
    show_default=True,
    metavar="BYTES",
    help="A longer line is refused.",
)
@click.option(
    "--rate",
    type=RateType(),
    metavar="LINES/BURST|off",
    default="5/20",
    show_default=True,
    help="Lines a second, and at once, that one user may say before they are "
    "delayed. Users on this machine are exempt.",
)
@click.option(
    "--recv-size",
    type=RECV_SIZE,
    default=65_536,
    show_default=True,
    metavar="BYTES",
    help="Read from a socket at most at once.",
)
@page_options
@click.option(
    "--show-chat",
    type=click.Choice(["auto", "on", "off"]),
    default="auto",
    show_default=True,
    help="Write the chat to standard output; auto: on a terminal.",
)
@click.option(
    "--log-level",
    type=click.Choice(["debug", "info", "warning", "error"]),
    help="Log from this level up.  [default: info; warning where the chat is shown "
    "on the same terminal]",
)
@click.option(
    "--log-format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Form of the log on standard error.",
)
@click.option(
    "--log-people",
    type=click.Choice(["full", "names", "addresses", "none"]),
    default="full",
    show_default=True,
    help="What the log records about users.",
)
@click.option(
    "--trace",
    allow_from_autoenv=False,
    type=NEW_FILE,
    metavar="FILE",
    help="Append every line of the wire to FILE.",
)
def server(
    *,
    port: int,
    history: Path | Memory | None,
    web: Literal["read", "write", "off"] | None,
    web_port: int | AutoPort | None,
    web_host: str,
    web_allow: tuple[str, ...],
    show_chat: Literal["auto", "on", "off"],
    log_level: str | None,
    yes: bool,
    **others: Unpack[ServerOptions],
) -> None:
    """Serve a chat until Ctrl-C or SIGTERM. SIGUSR1 prints a page of state."""
    open_missing_streams()
    from parlour.journal.sqlite.files import FileError  # noqa: PLC0415
    from parlour.server.lifecycle import run  # noqa: PLC0415
    from parlour.server.sockets import ListenError  # noqa: PLC0415
    from parlour.server.trace import TraceError  # noqa: PLC0415

    shown = show_chat == "on" or (show_chat == "auto" and sys.stdout.isatty())
    config = Config(
        port=port,
        history=history_file(history, port),
        web=web_config(web, web_port, web_host, web_allow),
        show_chat=shown,
        log_level=log_level or ("warning" if shown and sys.stderr.isatty() else "info"),
        **others,
    )
    try:
        door = _page_door(config.web) if config.web else None
        code = run(config, _console(), door, partial(_approve, is_sure=yes))
    except ListenError as exc:
        fail(str(exc), CANNOT_START)
    except FileError as exc:
        fail(f"{exc}{'' if history else ELSEWHERE}", CANNOT_START)
    except TraceError as exc:
        fail(str(exc), USAGE)
    except OSError as exc:
        if exc.filename is None:
            raise  # an output's
        fail(f"{exc.filename}: {exc.strerror}", CANNOT_START)
    raise SystemExit(code)


def _approve(messages: int, kept: int, *, is_sure: bool) -> bool:
    """Ask on a terminal whether *messages* of those *kept* may be deleted."""
    if is_sure or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return True
    question = (
        f"parlour: --max-history deletes {messages:,} of {kept:,} messages for good. "
        "Go on?"
    )
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return click.confirm(question, default=False, err=True)
    except click.Abort:
        click.echo(err=True)
        return False
    finally:
        signal.signal(signal.SIGINT, before)


def _console() -> "ChatLines":
    """Return what formats the chat for the terminal, in its encoding."""
    from parlour.client.terminal.size import columns  # noqa: PLC0415

    from .console_dialect import ChatLines  # noqa: PLC0415

    return ChatLines(partial(columns, sys.stdout), sys.stdout.encoding or "utf-8")


def _page_door(web: Web) -> "GatewayFactory":
    """Return what makes the door of the page. Its libraries are imported only now."""
    from parlour.gateways.web.allowed_hosts import AllowedHosts  # noqa: PLC0415
    from parlour.gateways.web.gateway import WebGateway  # noqa: PLC0415

    return partial(WebGateway, hosts=AllowedHosts(web.allowed))


main.add_command(server, "serve")
main.add_command(client, "connect")
history_tools.add_to(main)
know_variables_of(main.commands.values())
