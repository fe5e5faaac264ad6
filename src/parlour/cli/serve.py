"""The server as a command, and its options."""

import logging
import signal
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypedDict, Unpack

import click

from parlour.core.rate_limit import Rate
from parlour.core.rules import GuestNames, Guests, Registration
from parlour.server.config import MIN_DESCRIPTORS, Bound, Config, Engine, People, Web
from parlour.system.standard_streams import open_missing_streams

from .account_options import account_options
from .command_classes import InterruptibleCommand
from .errors import CANNOT_START, USAGE, fail
from .history_location import history_path, runtime_directory
from .option_types import (
    AutoPort,
    BoundType,
    HistoryType,
    HostType,
    Memory,
    NumberType,
    PortType,
    RateType,
    each_kind_once,
)
from .shared_options import ENGINE, RECV_SIZE, SETTINGS, TRACE, VERSION
from .web_options import page_options, web_config

if TYPE_CHECKING:
    from parlour.server.driver_contract import GatewayFactory

    from .console_dialect import ConsoleDialect

OTHER_LOCATION = " (use --history FILE or --history memory)"


class ServerOptions(TypedDict):
    """Options of the server that are passed to `Config` unchanged."""

    host: str
    engine: Engine
    max_users: int | None
    max_per_address: int | None
    max_history: tuple[Bound, ...]
    max_line: int
    rate: Rate | None
    guests: Guests
    guest_names: GuestNames
    greeting: str
    registration: Registration | None
    recv_size: int
    log_format: Literal["text", "json"]
    log_people: People
    trace: Path | None


class ServerCommand(InterruptibleCommand):
    """The server's command, which reports ignored variables in the log's format."""

    min_descriptors = MIN_DESCRIPTORS
    resource_exit_code = CANNOT_START

    def report_ignored(self, ctx: click.Context, ignored: str) -> None:
        if ctx.params["log_format"] == "text":
            super().report_ignored(ctx, ignored)
            return
        from parlour.server.event_log import log, logging_to_stderr  # noqa: PLC0415

        open_missing_streams()
        with logging_to_stderr("warning", "json"):
            log(logging.WARNING, "environment.ignored", variables=ignored)


@click.command(cls=ServerCommand, context_settings=SETTINGS)
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
    type=PortType(0),
    default=5555,
    show_default=True,
    help="Port to listen on; 0 uses a free port.",
)
@click.option(
    "--engine",
    type=ENGINE,
    default="async",
    show_default=True,
    help="async: coroutines; threads: a thread for each client.",
)
@click.option(
    "--max-users",
    type=NumberType(1, 1_000_000),
    metavar="COUNT",
    help="Maximum number of connections.  [default: 10000 async, 1000 threads]",
)
@click.option(
    "--max-per-address",
    type=NumberType(1, 1_000_000),
    metavar="COUNT",
    help="Maximum number of connections from one address (IPv6: one /64). This machine "
    "is exempt.  [default: 256, or a quarter of --max-users if that is less]",
)
@click.option(
    "--history",
    type=HistoryType(),
    metavar="FILE|memory",
    help="Where messages are stored.  [default: a file for each port, in your state "
    "directory; memory with --port 0]",
)
@click.option(
    "--max-history",
    type=BoundType(),
    multiple=True,
    callback=each_kind_once,
    metavar="COUNT|SIZE|AGE",
    help="Limit of the history of a room: 50000 messages, 500MB of text, or 30d; can "
    "be repeated.  [default: 1000000 messages in a file, 2048 in memory; 1GiB; any "
    "age]",
)
@click.option(
    "--yes",
    is_flag=True,
    allow_from_autoenv=False,
    help="Delete messages without asking if --max-history is smaller than before.",
)
@click.option(
    "--max-line",
    type=NumberType(1024, 1 << 20),
    default=32_768,
    show_default=True,
    metavar="BYTES",
    help="Maximum length of a line; longer lines are refused.",
)
@click.option(
    "--rate",
    type=RateType(),
    metavar="LINES/BURST|off",
    default="5/20",
    show_default=True,
    help="Lines a second, and in a burst, that a user may send before they are "
    "delayed. Users on this machine are exempt.",
)
@RECV_SIZE
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
    help="Lowest level that is logged.  [default: info; warning if the chat is shown "
    "on the same terminal]",
)
@click.option(
    "--log-format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Format of the log on standard error.",
)
@click.option(
    "--log-people",
    type=click.Choice(["full", "names", "addresses", "none"]),
    default="full",
    show_default=True,
    help="What the log records about users.",
)
@account_options
@TRACE
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
    """Serve a chat until Ctrl-C or SIGTERM. SIGUSR1 prints a status report."""
    open_missing_streams()
    from parlour.journal.sqlite.files import FileError  # noqa: PLC0415
    from parlour.server.lifecycle import run  # noqa: PLC0415
    from parlour.server.sockets import ListenError  # noqa: PLC0415
    from parlour.server.trace import TraceError  # noqa: PLC0415

    shown = show_chat == "on" or (show_chat == "auto" and sys.stdout.isatty())
    config = Config(
        port=port,
        history=history_path(history, port),
        runtime_directory=runtime_directory(),
        web=web_config(web, web_port, web_host, web_allow),
        show_chat=shown,
        log_level=log_level or ("warning" if shown and sys.stderr.isatty() else "info"),
        **others,
    )
    try:
        gateway = _web_gateway(config.web) if config.web else None
        console = _console_dialect()
        code = run(config, console, gateway, partial(_confirm_deletion, is_sure=yes))
    except ListenError as exc:
        fail(str(exc), CANNOT_START)
    except FileError as exc:
        fail(f"{exc}{'' if history else OTHER_LOCATION}", CANNOT_START)
    except TraceError as exc:
        fail(str(exc), USAGE)
    except OSError as exc:
        if exc.filename is None:
            raise  # of a standard stream
        fail(f"{exc.filename}: {exc.strerror}", CANNOT_START)
    raise SystemExit(code)


def _confirm_deletion(messages: int, stored: int, *, is_sure: bool) -> bool:
    """Ask on a terminal whether to delete *messages* of those *stored*."""
    if is_sure or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return True
    question = (
        f"parlour: --max-history permanently deletes {messages:,} of {stored:,} "
        "messages. Continue?"
    )
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return click.confirm(question, default=False, err=True)
    except click.Abort:
        click.echo(err=True)
        return False
    finally:
        signal.signal(signal.SIGINT, before)


def _console_dialect() -> "ConsoleDialect":
    """Return the dialect for the server's terminal, in the terminal's encoding."""
    from parlour.client.terminal.size import columns  # noqa: PLC0415

    from .console_dialect import ConsoleDialect  # noqa: PLC0415

    return ConsoleDialect(partial(columns, sys.stdout), sys.stdout.encoding or "utf-8")


def _web_gateway(web: Web) -> "GatewayFactory":
    """Return the factory of the web gateway, whose libraries are imported only now."""
    from parlour.gateways.web.allowed_hosts import AllowedHosts  # noqa: PLC0415
    from parlour.gateways.web.gateway import WebGateway  # noqa: PLC0415

    hosts = AllowedHosts(web.allowed, has_proxy=bool(web.proxied))
    return partial(WebGateway, hosts=hosts)
