"""The command that finds out what is wrong with a server: ``parlour doctor``."""

import os
from pathlib import Path

import click

from parlour.core.default_ports import CHAT_TLS_PORT

from .command_classes import InterruptibleCommand
from .errors import FAILED, USAGE, fail, missing_port
from .server_options import check_trust, refuse_page, server_options
from .shared_options import SETTINGS, VERSION
from .tables import Cell, show
from .tool_output import printable

WIDTH = len("warning ")


@click.command(
    cls=InterruptibleCommand, context_settings=SETTINGS | {"auto_envvar_prefix": None}
)
@VERSION
@server_options
@click.option(
    "--json", "as_json", is_flag=True, help="Print an object of JSON on each line."
)
def doctor(
    *,
    server: str,
    port: int | None,
    tls: bool,
    ca: Path | None,
    fingerprint: str | None,
    as_json: bool,
) -> None:
    """Find out what is wrong with the server at SERVER and PORT, or with the way to it.

    Each line says what was checked, what was found and, if something is wrong, what to
    do. Nobody in the chat notices a diagnosis; only servers of the assignment announce
    the connection. With --tls, the fingerprint that the client remembers is trusted,
    too. The exit code is 1 if there is an error.
    """
    from parlour.client.diagnosis.encryption import Encryption  # noqa: PLC0415
    from parlour.client.diagnosis.findings import Finding, Level  # noqa: PLC0415
    from parlour.client.diagnosis.server import Target, diagnose  # noqa: PLC0415

    refuse_page(server)
    check_trust(tls=tls, ca=ca, fingerprint=fingerprint)
    if port is None and tls:
        port = CHAT_TLS_PORT
    if port is None:
        fail(missing_port(click.get_current_context().command_path, server), USAGE)
    is_found = tls and ca is None and fingerprint is None
    known = _known(server, port) if is_found else ""
    encryption = Encryption(ca, fingerprint or "", known) if tls else None
    has_error = False
    found: Finding
    for found in diagnose(Target(server, port, encryption)):
        has_error = has_error or found.level is Level.ERROR
        facts: dict[str, Cell] = {
            "level": found.level.value,
            "step": found.step,
            "text": found.text,
            "advice": found.advice or None,
        }
        if as_json:
            show([facts], as_json=True, if_empty="")
        else:
            advice = f"; {found.advice}" if found.advice else ""
            line = f"{found.level.value:{WIDTH}}{found.step}: {found.text}{advice}"
            click.echo(printable(line))
    if has_error:
        raise SystemExit(FAILED)


def _known(server: str, port: int) -> str:
    """Return the fingerprint that the client knows of a server, or ""."""
    from parlour.client.io.connecting import server_address  # noqa: PLC0415
    from parlour.client.io.known_hosts import KNOWN_HOSTS, KnownHosts  # noqa: PLC0415
    from parlour.client.io.private_file import PrivateFileError  # noqa: PLC0415
    from parlour.client.state_directory import state_directory  # noqa: PLC0415

    if (state := state_directory(os.environ)) is None:
        return ""
    try:
        return KnownHosts(state / KNOWN_HOSTS).find(server_address(server, port))
    except PrivateFileError as exc:
        fail(f"the known servers cannot be used: {exc}", FAILED)
