"""What a shell completes: rooms, accounts and servers, as far as they are known here.

A shell waits for this at each press of Tab. So only a server on this machine is asked,
through its admin socket and for a moment, and nothing is printed if it does not answer.
"""

import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Final

import click
from click.shell_completion import CompletionItem

from parlour.core.default_ports import CHAT_PORT
from parlour.core.loopback import is_own_name

from .command_classes import StreamSafeCommand
from .shared_options import SETTINGS

if TYPE_CHECKING:
    from parlour.core.protocol.admin_answers import Answer

    from .option_types import Memory

SHELLS: Final = ("bash", "zsh", "fish")
ANSWER_TIMEOUT: Final = 0.5  # seconds; of all answers
OWN_NAMES: Final = ("localhost", "127.0.0.1")
UNQUOTED: Final = re.compile(r"[\w.:-]+")
"""What means nothing else to any of the shells."""

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
    return _items(_names(ctx, "rooms"), typed)


def complete_account(
    ctx: click.Context, _param: click.Parameter, typed: str
) -> list[CompletionItem[str]]:
    """Complete the name of an account of the server of this machine."""
    return _items(_names(ctx, "accounts"), typed)


def complete_server(
    _ctx: click.Context, _param: click.Parameter, typed: str
) -> list[CompletionItem[str]]:
    """Complete this machine, or a server for which a key is stored."""
    return server_items(typed)


def server_items(typed: str) -> list[CompletionItem[str]]:
    """Return this machine and the servers for which keys are stored."""
    return _items([*OWN_NAMES, *(host for host, _ in known_servers())], typed)


def complete_port(
    ctx: click.Context, _param: click.Parameter, typed: str
) -> list[CompletionItem[str]]:
    """Complete the port of a server for which a key is stored, or the default one."""
    server = f"{ctx.params.get('server')}".lower()
    known = [port for host, port in known_servers() if host == server]
    return _items(known or [str(CHAT_PORT)], typed)


def _items(values: Iterable[str], typed: str) -> list[CompletionItem[str]]:
    """Return the values that begin like *typed*, and that a shell leaves as they are.

    bash inserts them unquoted, and strangers choose names.
    """
    found = dict.fromkeys(each for each in values if each.startswith(typed))
    return [CompletionItem(each) for each in found if UNQUOTED.fullmatch(each)]


def known_servers() -> Iterator[tuple[str, str]]:
    """Yield host and port of the servers for which keys or fingerprints are stored."""
    from parlour.client.io import key_file  # noqa: PLC0415
    from parlour.client.io.known_hosts import KNOWN_HOSTS, KnownHosts  # noqa: PLC0415
    from parlour.client.io.private_file import PrivateFileError  # noqa: PLC0415
    from parlour.client.state_directory import KEY_FILE, state_directory  # noqa: PLC0415

    if (state := state_directory(os.environ)) is None:
        return
    servers: list[str] = []
    with suppress(PrivateFileError):
        servers += key_file.known_servers(state / KEY_FILE)
    with suppress(PrivateFileError):
        servers += [each.server for each in KnownHosts(state / KNOWN_HOSTS).all()]
    for server in dict.fromkeys(servers):
        host, _, port = server.rpartition(":")
        yield host.strip("[]"), port


def _names(ctx: click.Context, kind: str) -> list[str]:
    """Return the names of a *kind*, on the server that the arguments mean.

    There are none if that is on another machine, and not all if it takes long.
    """
    from parlour.core.protocol.admin_answers import AccountList  # noqa: PLC0415
    from parlour.core.protocol.process_answers import RoomFactsList  # noqa: PLC0415

    names = list[str]()
    for answer in _answers(ctx, kind):
        match answer:
            case RoomFactsList(rooms=rooms):
                names += [each.room for each in rooms]
            case AccountList(accounts=accounts):
                names += [each.name for each in accounts]
    return names


def _answers(ctx: click.Context, kind: str) -> Iterator["Answer"]:
    """Yield the answers of the server that the arguments mean, if it is on here."""
    from parlour.core.protocol.admin_requests import encode_request  # noqa: PLC0415
    from parlour.server.admin_socket.client import (  # noqa: PLC0415
        NoAnswerError,
        NoServerError,
        ask_server,
    )

    server = ctx.params.get("server")
    if server is not None and not is_own_name(server):
        return
    end = monotonic() + ANSWER_TIMEOUT
    for path in _sockets(ctx):
        after = 0
        with suppress(NoServerError):  # the next one may be that of the server
            with suppress(NoAnswerError, OSError):
                while (left := end - monotonic()) > 0:
                    line = encode_request(kind, {"after": after})
                    answer = ask_server(path, line, left)
                    yield answer
                    following: int = getattr(answer, "following", 0)
                    if following <= after:
                        break
                    after = following
            return


def _sockets(ctx: click.Context) -> list[Path]:
    """Return the admin sockets of the server with the history or port of *ctx*."""
    from .errors import CommandLineError  # noqa: PLC0415
    from .history_location import admin_sockets, history_path  # noqa: PLC0415

    history: Path | Memory | None = ctx.params.get("history")
    port = ctx.params.get("port") or CHAT_PORT
    try:
        path = history_path(history, port)
    except CommandLineError:
        return []
    return admin_sockets(path, port, is_default=history is None)
