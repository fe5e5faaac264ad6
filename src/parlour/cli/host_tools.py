"""Commands for the servers that the client knows by their fingerprints."""

import os
from pathlib import Path
from typing import NoReturn

import click

from parlour.core.default_ports import CHAT_TLS_PORT

from .command_classes import ProgramCommand, ToolGroup
from .completion import complete_server, known_servers
from .errors import ToolError
from .option_types import PortType
from .shared_options import SETTINGS
from .tables import show


@click.group(cls=ToolGroup, context_settings=SETTINGS | {"auto_envvar_prefix": None})
def hosts() -> None:
    """Show or forget the servers that you trust without an authority.

    They are those whose fingerprint you have accepted with `--tls`.
    """


@hosts.command("list", cls=ProgramCommand, context_settings=SETTINGS)
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    allow_from_autoenv=False,
    help="Print lines of JSON.",
)
def list_(*, as_json: bool) -> None:
    """List the servers, their fingerprints, and since when you trust them."""
    from parlour.client.io.known_hosts import KNOWN_HOSTS, KnownHosts  # noqa: PLC0415
    from parlour.client.io.private_file import PrivateFileError  # noqa: PLC0415

    path = _state_file(KNOWN_HOSTS)
    try:
        found = KnownHosts(path).all()
    except PrivateFileError as exc:
        raise ToolError(str(exc)) from None
    rows = [
        {"server": each.server, "since": each.since, "sha256": each.fingerprint}
        for each in found
    ]
    show([dict(row) for row in rows], as_json=as_json, if_empty="no server is known")


@hosts.command(cls=ProgramCommand, context_settings=SETTINGS)
@click.argument("server", shell_complete=complete_server)
@click.argument("port", type=PortType(1), required=False, metavar="[PORT]")
def forget(*, server: str, port: int | None) -> None:
    """Forget SERVER at PORT: its fingerprint, and the keys of this device for it.

    The next connection asks whether to trust it, and signing in needs the password.
    """
    from parlour.client.io.connecting import server_address  # noqa: PLC0415
    from parlour.client.io.key_file import KeyFile  # noqa: PLC0415
    from parlour.client.io.known_hosts import KNOWN_HOSTS, KnownHosts  # noqa: PLC0415
    from parlour.client.io.private_file import PrivateFileError  # noqa: PLC0415
    from parlour.client.state_directory import KEY_FILE  # noqa: PLC0415

    host, number = _place(server, port)
    address = server_address(host, number)
    try:
        fingerprint = KnownHosts(_state_file(KNOWN_HOSTS)).forget(address)
        keys = KeyFile(_state_file(KEY_FILE), address).forget()
    except PrivateFileError as exc:
        raise ToolError(str(exc)) from None
    if not fingerprint and not keys:
        _fail_unknown(host, address)
    if fingerprint:
        click.echo(f"forgot the fingerprint of {address}: {fingerprint}")
    if keys:
        click.echo(f"forgot the keys of {keys} account{'' if keys == 1 else 's'} there")


def _fail_unknown(host: str, address: str) -> NoReturn:
    """Raise `ToolError` that names the known ports of *host*."""
    ports = [port for name, port in known_servers() if name == host.lower()]
    advice = "see parlour hosts list"
    if ports:
        known = " and ".join(f"parlour hosts forget {host} {port}" for port in ports)
        advice = f"to forget another port: {known}"
    raise ToolError(f"nothing is known of {address}; {advice}")


def _place(server: str, port: int | None) -> tuple[str, int]:
    """Return host and port, which may also be one word as in ``HOST:PORT``."""
    host, colon, number = server.rpartition(":")
    is_whole = host.startswith("[") or ":" not in host
    if port is None and colon and is_whole and number.isdecimal():
        return host.strip("[]"), int(number)
    return server.strip("[]"), port or CHAT_TLS_PORT


def _state_file(name: str) -> Path:
    from parlour.client.state_directory import state_directory  # noqa: PLC0415

    directory = state_directory(os.environ)
    if directory is None:
        raise ToolError("there is no home directory, and so nothing is known")
    return directory / name
