"""Which server a program connects to, and by what it trusts it with TLS."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import click
from click.core import ParameterSource

from parlour.core.default_ports import CHAT_PORT, CHAT_TLS_PORT

from .completion import complete_port, complete_server
from .errors import USAGE, fail
from .fingerprint_type import FingerprintType
from .option_types import PortType

NEEDING_TLS: Final = ("ca", "fingerprint")
PAGE: Final = re.compile(r"(https?)://(\[[^\]]*\]|[^:/?#\s]+)", re.IGNORECASE)


def server_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add SERVER, PORT, ``--tls``, ``--ca`` and ``--fingerprint`` to a command."""
    for option in (
        click.option(
            "--fingerprint",
            type=FingerprintType(),
            metavar="SHA256",
            help="With --tls: trust only the certificate with this fingerprint.",
        ),
        click.option(
            "--ca",
            type=click.Path(dir_okay=False, path_type=Path),
            metavar="FILE",
            help="With --tls: trust only the authorities, or the certificate, in FILE.",
        ),
        click.option(
            "--tls",
            is_flag=True,
            help="Encrypt the connection, and verify who the server is: by the "
            "authorities of this system, or by the fingerprint that you accept once. "
            f"PORT is {CHAT_TLS_PORT} then, if it is not given.",
        ),
        click.argument(
            "port",
            type=PortType(1),
            required=False,
            metavar="PORT",
            shell_complete=complete_port,
        ),
        click.argument("server", shell_complete=complete_server),
    ):
        command = option(command)
    return command


def refuse_page(server: str) -> None:
    """Exit if *server* is the address of a page, and say what to type instead."""
    found = PAGE.match(server)
    if found is None:
        return
    scheme, host = found.groups()
    place = f"{host.strip('[]')} {CHAT_PORT}"
    if scheme.lower() == "https":
        place = f"{host.strip('[]')} {CHAT_TLS_PORT} --tls"
    command = click.get_current_context().command_path
    fail(
        f"{server} is the page, for a browser; the chat has a port of its own, as in: "
        f"{command} {place}",
        USAGE,
    )


def check_trust(*, tls: bool, ca: Path | None, fingerprint: str | None) -> None:
    """Refuse options that would have no effect; in the environment, they may."""
    context = click.get_current_context()
    for name in NEEDING_TLS:
        source = context.get_parameter_source(name)
        if not tls and source is ParameterSource.COMMANDLINE:
            fail(f"--{name} needs --tls", USAGE)
    if tls and ca is not None and fingerprint is not None:
        fail("--ca and --fingerprint exclude each other", USAGE)
