"""Commands that keep order on a running server: ``parlour admin …``."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from parlour.core.roles import OPERATOR_NAME

from .administration import Administrator, administering
from .command_classes import ToolGroup
from .duration_type import DurationType, Forever
from .operator_commands import JSON, act, meant, operator_command, refuse, room_option
from .option_types import Memory, NumberType
from .process_tools import PROCESS_COMMANDS
from .room_invitations import ROOM_INVITATION_COMMANDS
from .room_tools import ROOM_COMMANDS
from .shared_options import SETTINGS
from .tables import Cell, show

if TYPE_CHECKING:
    from parlour.core.protocol.admin_answers import SanctionFacts

NAME: Final = click.argument("name")
DURATION: Final = click.argument("duration", type=DurationType(), metavar="TIME")
REASON: Final = click.option(
    "--reason",
    default="",
    allow_from_autoenv=False,
    metavar="TEXT",
    help="Why; the users concerned can read it.",
)
NOT_REACHED: Final = (
    "the server no longer sends the text; it leaves the file within a minute and its "
    "search index within an hour; copies and backups keep it"
)

PLACE: Final = room_option("Only in this room.  [default: the whole server]")


@click.group(cls=ToolGroup, context_settings=SETTINGS | {"auto_envvar_prefix": None})
def admin() -> None:
    """Keep order, and run the server, as the operator of the machine.

    TIME is such as 10m, 2h or 3d, or `forever`.
    """


order_command: Final = partial(operator_command, group=admin)
for each in (*ROOM_COMMANDS, *ROOM_INVITATION_COMMANDS, *PROCESS_COMMANDS):
    admin.add_command(each)


@order_command("kick", help_="Remove somebody from a room.")
@NAME
@room_option("The room that the user has to leave.", is_required=True)
@REASON
def kick(
    *, name: str, room: str, reason: str, history: Path | Memory | None, port: int
) -> None:
    """Remove the user NAME from a room, who may enter it again."""
    data = {"name": name, "room": room, "reason": reason}
    act("kick", f"removed {{name}} from #{room}", data, history, port)


@order_command("mute", help_="Mute a user.")
@NAME
@DURATION
@PLACE
@REASON
def mute(
    *,
    name: str,
    duration: int | Forever,
    room: str | None,
    reason: str,
    history: Path | Memory | None,
    port: int,
) -> None:
    """Mute the user or account NAME for TIME."""
    data = _sanction(name, duration, room, reason)
    act("mute", "muted {name}", data, history, port)


@order_command("unmute", help_="Let somebody speak again.")
@NAME
@PLACE
def unmute(
    *, name: str, room: str | None, history: Path | Memory | None, port: int
) -> None:
    """Let NAME speak again; it may be the number of the sanction."""
    act("unmute", "unmuted {name}", _target(name, room), history, port)


@order_command("ban", help_="Keep somebody out.")
@NAME
@DURATION
@PLACE
@REASON
def ban(
    *,
    name: str,
    duration: int | Forever,
    room: str | None,
    reason: str,
    history: Path | Memory | None,
    port: int,
) -> None:
    """Keep NAME out for TIME: a user, an account, or an address such as 192.0.2.0/24.

    Users with an account may sign in from an address that is banned.
    """
    data = _sanction(name, duration, room, reason)
    act("ban", "banned {name}", data, history, port)


@order_command("unban", help_="Lift a ban.")
@NAME
@PLACE
def unban(
    *, name: str, room: str | None, history: Path | Memory | None, port: int
) -> None:
    """Lift the ban of NAME; it may be an address, or the number of the sanction."""
    act("unban", "lifted the ban of {name}", _target(name, room), history, port)


@order_command("erase", help_="Erase a message.")
@click.argument("message")
@room_option("The room in which it was said.", is_required=True)
def erase(*, message: str, room: str, history: Path | Memory | None, port: int) -> None:
    """Erase MESSAGE: the number of one, or a name, for the last one of that user.

    The server no longer sends the text. It leaves the file within a minute and its
    search index within an hour; copies and backups keep it.
    """
    data = {**meant(message, "sequence"), "room": room}
    text = f"erased a message of {{name}} in #{room}; {NOT_REACHED}"
    act("erase", text, data, history, port)


@order_command("announce", help_="Make an announcement to all rooms.")
@click.argument("text")
def announce(*, text: str, history: Path | Memory | None, port: int) -> None:
    """Announce TEXT to all rooms."""
    act("announce", "announced", {"text": text}, history, port)


@order_command("sanctions", help_="List who is muted or banned.")
@PLACE
@click.option(
    "--limit",
    type=NumberType(1),
    default=10_000,
    show_default=True,
    allow_from_autoenv=False,
    metavar="N",
    help="How many mutes and bans: the newest.",
)
@JSON
def sanctions(
    *,
    room: str | None,
    limit: int,
    as_json: bool,
    history: Path | Memory | None,
    port: int,
) -> None:
    """List who is muted or banned on the whole server, or in a room."""
    with administering(history, port) as administrator:
        listed = _newest_sanctions(administrator, room, limit)
    operator = None if as_json else OPERATOR_NAME
    found: list[dict[str, Cell]] = [
        {
            "number": each.number,
            "kind": each.kind,
            "name": each.name,
            "room": each.room,
            "since": each.since,
            "until": each.until or (None if as_json else "forever"),
            "by": each.by or operator,
            "reason": each.reason or None,
        }
        for each in listed
    ]
    show(found, as_json=as_json, if_empty="nobody is muted or banned")


@order_command("audit", help_="Show the audit log.")
@room_option("Only in this room.  [default: everywhere]")
@click.option(
    "--limit",
    type=NumberType(1, 1000),
    default=50,
    show_default=True,
    allow_from_autoenv=False,
    metavar="N",
    help="How many acts: the last ones.",
)
@JSON
def audit(
    *,
    room: str | None,
    limit: int,
    as_json: bool,
    history: Path | Memory | None,
    port: int,
) -> None:
    """Show what moderators, administrators and the operator did, oldest first."""
    from parlour.core.protocol.admin_answers import ActFactsList  # noqa: PLC0415

    with administering(history, port) as administrator:
        answer = administrator.ask("audit", room=room, limit=limit)
        if not isinstance(answer, ActFactsList):
            refuse("", answer)
    operator = None if as_json else OPERATOR_NAME
    found: list[dict[str, Cell]] = [
        {
            "number": each.number,
            "time": each.time,
            "by": each.by or operator,
            "action": each.action,
            "name": (each.name or None) if each.action != "slow" else None,
            "seconds": int(each.name) if each.action == "slow" else None,
            "room": each.room,
            "until": each.until,
            "reason": each.reason or None,
        }
        for each in answer.acts
    ]
    where = f" of #{room}" if room else ""
    show(found, as_json=as_json, if_empty=f"the audit log{where} is empty")


def _newest_sanctions(
    administrator: Administrator, room: str | None, limit: int
) -> "list[SanctionFacts]":
    """Return the newest *limit* sanctions, in order, asking for one page at a time."""
    from parlour.core.protocol.admin_answers import SanctionFactsList  # noqa: PLC0415

    found: list[SanctionFacts] = []
    before: int | None = None
    while len(found) < limit:
        answer = administrator.ask("sanctions", room=room, before=before)
        if not isinstance(answer, SanctionFactsList):
            refuse("", answer)
        found[:0] = answer.sanctions
        if not answer.more:
            break
        before = answer.sanctions[0].number
    return found[-limit:]


def _target(name: str, room: str | None) -> dict[str, Cell]:
    return {**meant(name), "room": room}


def _sanction(
    name: str, duration: int | Forever, room: str | None, reason: str
) -> dict[str, Cell]:
    seconds = None if isinstance(duration, Forever) else duration
    return {"name": name, "room": room, "seconds": seconds, "reason": reason}
