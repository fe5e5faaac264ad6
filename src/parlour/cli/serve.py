"""The server as a command, and its options."""

import logging
import signal
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import click

from parlour.server.config import MIN_DESCRIPTORS, Web
from parlour.system.standard_streams import open_missing_streams

from .errors import BAD_CONFIGURATION, CANNOT_START, USAGE, fail
from .settings.chosen import ChosenSettings, server_config
from .settings.reloading import config_loader
from .settings.settings_command import SettingsCommand, report_ignored_settings
from .shared_options import SETTINGS, TRACE, VERSION

if TYPE_CHECKING:
    from parlour.server.driver_contract import GatewayFactory

    from .console_dialect import ConsoleDialect

OTHER_LOCATION = " (use --history FILE or --history memory)"


class ServerCommand(SettingsCommand):
    """The server's command, which reports ignored variables in the log's format."""

    min_descriptors = MIN_DESCRIPTORS
    resource_exit_code = CANNOT_START

    def report_ignored(
        self, ctx: click.Context, ignored: str, file: Path | None = None
    ) -> None:
        if ctx.params["log_format"] == "text":
            super().report_ignored(ctx, ignored, file)
            return
        from parlour.server.event_log import log, logging_to_stderr  # noqa: PLC0415

        open_missing_streams()
        with logging_to_stderr("warning", "json"):
            if file is None:
                log(logging.WARNING, "environment.ignored", variables=ignored)
            else:
                log(logging.WARNING, "settings.ignored", file=f"{file}", names=ignored)


@click.command(cls=ServerCommand, context_settings=SETTINGS)
@VERSION
@click.option(
    "--yes",
    is_flag=True,
    allow_from_autoenv=False,
    help="Delete messages without asking if --max-history is smaller than before.",
)
@TRACE
def server(
    *,
    config: Path | None,  # noqa: ARG001 -- the values in it are those of the options
    yes: bool,
    trace: Path | None,
    **chosen: Unpack[ChosenSettings],
) -> None:
    """Serve a chat until Ctrl-C or SIGTERM. SIGUSR1 prints a status report."""
    open_missing_streams()
    from parlour.journal.sqlite.files import FileError  # noqa: PLC0415
    from parlour.server.lifecycle import run  # noqa: PLC0415
    from parlour.server.sockets import ListenError  # noqa: PLC0415
    from parlour.server.systemd.socket_activation import (  # noqa: PLC0415
        ActivationError,
    )
    from parlour.server.tls.certificate_error import (  # noqa: PLC0415
        CertificateError,
    )
    from parlour.server.trace import TraceError  # noqa: PLC0415

    ctx = click.get_current_context()
    settings = server_config(chosen, trace)
    if ctx.parent is not None:  # the command parlour, which need not be in a checkout
        settings = replace(settings, client=ctx.parent.command_path)
    report_ignored_settings(ctx, chosen)
    load_config = config_loader(ctx, chosen, trace)
    approve = partial(_confirm_deletion, is_sure=yes)
    try:
        gateway = _web_gateway(settings.web) if settings.web else None
        console = _console_dialect()
        code = run(settings, console, gateway, approve, load_config)
    except ListenError as exc:
        fail(str(exc), CANNOT_START)
    except (ActivationError, CertificateError) as exc:
        fail(str(exc), BAD_CONFIGURATION)
    except FileError as exc:
        fail(f"{exc}{'' if chosen['history'] else OTHER_LOCATION}", CANNOT_START)
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
    from parlour.core.proxies import TrustedProxies  # noqa: PLC0415
    from parlour.gateways.web.allowed_origins import AllowedOrigins  # noqa: PLC0415
    from parlour.gateways.web.gateway import WebGateway  # noqa: PLC0415

    origins = AllowedOrigins(
        web.allowed,
        has_proxy=web.is_proxied,
        proxies=TrustedProxies(web.proxies),
    )
    return partial(WebGateway, origins=origins, prefix=web.prefix)
