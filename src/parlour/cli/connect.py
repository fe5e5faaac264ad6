"""The client as a command, and its options."""

from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import click

from parlour.core.default_ports import CHAT_TLS_PORT

from .command_classes import InterruptibleCommand
from .errors import USAGE, fail, missing_port
from .room_type import RoomType, each_room_once
from .server_options import check_trust, refuse_page, server_options
from .shared_options import ENGINE, RECV_SIZE, SETTINGS, TRACE, VERSION

EXAMPLE_LINK: Final = "parlour://HOST:PORT/ROOM?invite=CODE"

if TYPE_CHECKING:
    from parlour.client.options import Engine, Style


@click.command(cls=InterruptibleCommand, context_settings=SETTINGS)
@VERSION
@server_options
@click.option("--name", metavar="NAME", help="Initial nickname.")
@click.option(
    "--account",
    metavar="NAME",
    help="Account to sign in to, with the key that is stored for it, or else with its "
    "password, which is asked for. Default: the only account with a key for this "
    "server, unless --name is given.",
)
@click.option(
    "--password-command",
    metavar="COMMAND",
    help="Command whose first line of output is the password, if no key is stored.",
)
@click.option(
    "--any-name",
    is_flag=True,
    help="In a pipe: continue under another name if the server refuses --name.",
)
@click.option(
    "--engine",
    type=ENGINE,
    default="async",
    show_default=True,
    help="async: coroutines; threads: a thread for the input.",
)
@click.option(
    "--style",
    type=click.Choice(["classic", "rich"]),
    help="How a terminal looks. classic: as in the assignment; rich: times, names and "
    "texts in columns, and a status line. Default: rich for the command parlour, "
    "classic for client.py.",
)
@click.option(
    "--screen-reader",
    is_flag=True,
    help="Write sentences for a screen reader: nothing on the terminal is redrawn, and "
    "messages wait while you type.",
)
@click.option("--plain", is_flag=True, help="Show no prompt, even on a terminal.")
@click.option(
    "--json", is_flag=True, help="Print received events as JSON, one on each line."
)
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
    help="auto: use the session dialect if the server supports it; plain: use only "
    "the assignment's protocol.",
)
@click.option(
    "--reconnect",
    is_flag=True,
    help="Reconnect when the connection is lost, and catch up.",
)
@click.option(
    "--room",
    type=RoomType(),
    multiple=True,
    callback=each_room_once,
    metavar="ROOM",
    help="Room to enter instead of the lobby; can be repeated. The first one is "
    "written to. In a pipe with several, each line starts with its room.",
)
@click.option(
    "--all-rooms",
    is_flag=True,
    help="Show the messages of all rooms, with the room in front.",
)
@click.option("--timestamps", is_flag=True, help="Show the time of each message.")
@click.option(
    "--no-state",
    is_flag=True,
    help="Do not store what you type for the next run, and neither use nor store keys "
    "of accounts.",
)
@RECV_SIZE
@TRACE
def client(
    *,
    server: str,
    port: int | None,
    tls: bool,
    ca: Path | None,
    fingerprint: str | None,
    name: str | None,
    account: str | None,
    password_command: str | None,
    any_name: bool,
    engine: "Engine",
    style: "Style | None",
    screen_reader: bool,
    plain: bool,
    json: bool,
    color: Literal["auto", "always", "never"],
    dialect: Literal["auto", "plain"],
    reconnect: bool,
    room: tuple[str, ...],
    all_rooms: bool,
    timestamps: bool,
    no_state: bool,
    recv_size: int,
    trace: Path | None,
) -> None:
    """Join the chat at SERVER and PORT. Type /help there for a list of commands.

    The link of an invitation, parlour://HOST:PORT/ROOM?invite=CODE, stands for both.
    """
    from parlour.client import Options, run  # noqa: PLC0415
    from parlour.client.options import SERVER  # noqa: PLC0415
    from parlour.core.events import LOBBY  # noqa: PLC0415

    host, number, invitation, has_tls = _place(server, port, has_tls=tls)
    check_trust(tls=has_tls, ca=ca, fingerprint=fingerprint)

    if dialect == "plain" and invitation:
        fail("an invitation needs --dialect auto", USAGE)
    if dialect == "plain" and set(room) - {LOBBY}:
        fail(
            "the plain dialect has only the lobby: leave out --room or --dialect", USAGE
        )
    if account is not None and (dialect == "plain" or not account.strip()):
        fail("--account needs a name, and not --dialect plain", USAGE)
    parent = click.get_current_context().parent  # the assignment's client has none
    options = Options(
        server=host,
        port=number,
        start=f"{parent.command_path} serve" if parent is not None else SERVER,
        invitation=invitation,
        tls=has_tls,
        ca=ca if has_tls else None,
        fingerprint=fingerprint if has_tls else None,
        name=name,
        account=account,
        password_command=password_command,
        any_name=any_name,
        engine=engine,
        style=style or ("rich" if parent is not None else "classic"),
        screen_reader=screen_reader,
        plain=plain,
        json=json,
        color=color,
        dialect=dialect,
        reconnect=reconnect,
        rooms=room,
        all_rooms=all_rooms,
        timestamps=timestamps,
        no_state=no_state,
        recv_size=recv_size,
        trace=trace,
    )
    raise SystemExit(run(options))


def _place(
    server: str, port: int | None, *, has_tls: bool
) -> tuple[str, int, str, bool]:
    """Return host, port, the link that names them or "", and whether with TLS."""
    from parlour.client.protocol.invitation_links import (  # noqa: PLC0415  (late)
        is_link,
        parse_link,
    )

    if not is_link(server):
        if port is None and has_tls and server.count(":") != 1:
            port = CHAT_TLS_PORT
        if port is None:
            fail(missing_port(click.get_current_context().command_path, server), USAGE)
        return server, port, "", has_tls
    refuse_page(server)
    link = parse_link(server, has_tls=has_tls)
    if link is None:
        fail(f"that is no link of an invitation, as in: {EXAMPLE_LINK}", USAGE)
    return link.host, port or link.port, server, link.has_tls
