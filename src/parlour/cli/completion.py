"""What a shell completes: rooms, accounts and servers, as far as they are known here.

A shell waits for this at each press of Tab. So only a server on this machine is asked,
through its admin socket and for a moment, and nothing is printed if it does not answer.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
from click.shell_completion import CompletionItem

from .command_classes import StreamSafeCommand
from .shared_options import SETTINGS

if TYPE_CHECKING:
    from parlour.core.protocol.admin_answers import Answer

    from .option_types import Memory

SHELLS: Final = ("bash", "zsh", "fish")
ANSWER_TIMEOUT: Final = 0.5  # seconds
DEFAULT_PORT: Final = 5555
OWN_NAMES: Final = ("localhost", "127.0.0.1", "::1")
"""The names of this machine, on which a server may be asked."""

Completer = Callable[[click.Context, click.Parameter, str], list[CompletionItem[str]]]


@click.command(cls=StreamSafeCommand, context_settings=SETTINGS)
@click.argument("shell", type=click.Choice(SHELLS), metavar="SHELL")
def completion(shell: str) -> None:
    """Print a script with which SHELL completes commands: bash, zsh or fish."""
    from click.shell_completion import get_completion_class  # noqa: PLC0415

    from .commands import main  # noqa: PLC0415 -- which has this command

    found = get_completion_class(shell)
    assert found is not None, "click knows these shells"
    click.echo(found(main, {}, "parlour", "_PARLOUR_COMPLETE").source(), nl=False)


def complete_room(
    ctx: click.Context, _param: click.Parameter, typed: str
) -> list[CompletionItem[str]]:
    """Complete the name of a room that is open on the server of this machine."""
    from parlour.core.protocol.process_answers import RoomFactsList  # noqa: PLC0415

    answer = _asked(ctx, "rooms")
    rooms = answer.rooms if isinstance(answer, RoomFactsList) else ()
    return _items((each.room for each in rooms), typed)


def complete_account(
    ctx: click.Context, _param: click.Parameter, typed: str
) -> list[CompletionItem[str]]:
    """Complete the name of an account of the server of this machine."""
    from parlour.core.protocol.admin_answers import AccountList  # noqa: PLC0415

    answer = _asked(ctx, "accounts")
    accounts = answer.accounts if isinstance(answer, AccountList) else ()
    return _items((each.name for each in accounts), typed)


def complete_server(
    _ctx: click.Context, _param: click.Parameter, typed: str
) -> list[CompletionItem[str]]:
    """Complete this machine, or a server for which a key is stored."""
    return server_items(typed)


def server_items(typed: str) -> list[CompletionItem[str]]:
    """Return this machine and the servers for which keys are stored."""
    return _items([*OWN_NAMES[:2], *(host for host, _ in _known_servers())], typed)


def complete_port(
    ctx: click.Context, _param: click.Parameter, typed: str
) -> list[CompletionItem[str]]:
    """Complete the port of a server for which a key is stored, or the default one."""
    server = f"{ctx.params.get('server')}".lower()
    known = [port for host, port in _known_servers() if host == server]
    return _items(known or [str(DEFAULT_PORT)], typed)


def _items(values: Iterable[str], typed: str) -> list[CompletionItem[str]]:
    found = dict.fromkeys(each for each in values if each.startswith(typed))
    return [CompletionItem(each) for each in found]


def _known_servers() -> Iterator[tuple[str, str]]:
    """Yield the host and the port of each server for which a key is stored."""
    from parlour.client.io.key_file import known_servers  # noqa: PLC0415
    from parlour.client.io.private_file import PrivateFileError  # noqa: PLC0415
    from parlour.client.state_directory import KEY_FILE, state_directory  # noqa: PLC0415

    state = state_directory(os.environ)
    try:
        servers = [] if state is None else known_servers(state / KEY_FILE)
    except PrivateFileError:
        return
    for server in servers:
        host, _, port = server.rpartition(":")
        yield host.strip("[]"), port


def _asked(ctx: click.Context, kind: str) -> "Answer | None":
    """Return the answer of the server that the arguments mean, if it is on here."""
    from parlour.core.protocol.admin_requests import encode_request  # noqa: PLC0415
    from parlour.server.admin_socket.client import (  # noqa: PLC0415
        NoAnswerError,
        NoServerError,
        ask_server,
    )

    server = ctx.params.get("server")
    if server is not None and server not in OWN_NAMES:
        return None
    if (path := _socket(ctx)) is None:
        return None
    try:
        return ask_server(path, encode_request(kind, {"after": 0}), ANSWER_TIMEOUT)
    except (NoAnswerError, NoServerError, OSError):
        return None


def _socket(ctx: click.Context) -> Path | None:
    """Return the admin socket of the server with the history or port of *ctx*."""
    from parlour.server.admin_socket.location import socket_path  # noqa: PLC0415

    from .errors import CommandLineError  # noqa: PLC0415
    from .history_location import history_path, runtime_directory  # noqa: PLC0415

    history: Path | Memory | None = ctx.params.get("history")
    port = ctx.params.get("port") or DEFAULT_PORT
    try:
        return socket_path(history_path(history, port), port, runtime_directory())
    except CommandLineError:
        return None
