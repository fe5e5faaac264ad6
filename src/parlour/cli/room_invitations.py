"""Commands for the invitations to a room.

``parlour admin invite``, ``parlour admin invites``, ``parlour admin uninvite``.
"""

from pathlib import Path
from typing import Final

import click

from .administration import administering
from .duration_type import Forever
from .invitation_tools import DURATION, invitation_seconds, listed, new_code
from .operator_commands import JSON, act, meant, operator_command, outcome, room_option
from .option_types import Memory
from .tables import Cell, show
from .tool_output import printable


@operator_command("invite", help_="Invite somebody to a room.")
@click.argument("name", required=False)
@room_option("The room to invite to.", is_required=True)
@DURATION
def invite(
    *,
    name: str | None,
    room: str,
    duration: int | Forever,
    history: Path | Memory | None,
    port: int,
) -> None:
    """Invite the user or account NAME to a room; without NAME, print a code.

    The code lets one person in: `/join parlour://HOST:PORT/ROOM?invite=CODE` in the
    client. Only a hash of it is stored.
    """
    data: dict[str, Cell] = {"room": room, "seconds": invitation_seconds(duration)}
    if name is not None:
        text = f"invited {{name}} to #{room}"
        act("invite", text, data | {"name": name}, history, port)
        return
    code, hashed = new_code()
    act("invite", code, data | {"code": hashed}, history, port)


@operator_command("invites", help_="List the invitations to a room.")
@room_option("The room to which they invite.", is_required=True)
@JSON
def invites(
    *, room: str, as_json: bool, history: Path | Memory | None, port: int
) -> None:
    """List the invitations to a room: number, who is invited, end, who invites.

    One without a name is a code; the codes themselves are not stored.
    """
    found = listed(room, history, port)
    show(found, as_json=as_json, if_empty=f"nobody is invited to #{room}")


@operator_command("uninvite", help_="Take back an invitation to a room.")
@click.argument("name")
@room_option("The room to which it invites.", is_required=True)
def uninvite(*, name: str, room: str, history: Path | Memory | None, port: int) -> None:
    """Take back the invitation of NAME; it may be the number of the invitation.

    Whoever has entered the room stays in it.
    """
    with administering(history, port) as administrator:
        has_more = True
        while has_more:
            answer = administrator.ask("uninvite", room=room, **meant(name))
            invited, has_more = outcome(answer, name)
    whom = invited or "a code"
    click.echo(printable(f"took back the invitation of {whom} to #{room}"))


ROOM_INVITATION_COMMANDS: Final = (invite, invites, uninvite)
