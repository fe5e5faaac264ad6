"""Commands about a room: its settings, the roles in it, and its end.

``parlour admin lock``, ``unlock``, ``slow``, ``topic``, ``private``, ``public``,
``close``, ``role``.
"""

from pathlib import Path
from typing import Final

import click

from .operator_commands import act, operator_command, room_option
from .option_types import Memory, SlowType
from .room_type import RoomType
from .tables import Cell

ROOM: Final = click.argument("room", type=RoomType(), metavar="ROOM")


@operator_command("lock", help_="Let only moderators speak in a room.")
@ROOM
def lock(*, room: str, history: Path | Memory | None, port: int) -> None:
    """Lock ROOM: only moderators speak in it."""
    act("set", f"locked #{room}", {"room": room, "locked": True}, history, port)


@operator_command("unlock", help_="Let everybody speak in a room again.")
@ROOM
def unlock(*, room: str, history: Path | Memory | None, port: int) -> None:
    """Let everybody speak in ROOM again."""
    act("set", f"unlocked #{room}", {"room": room, "locked": False}, history, port)


@operator_command("slow", help_="Slow a room down.")
@ROOM
@click.argument("seconds", type=SlowType(), metavar="SECONDS")
def slow(*, room: str, seconds: int, history: Path | Memory | None, port: int) -> None:
    """Let everybody say one message in ROOM every so many SECONDS; `off` ends this."""
    unit = "second" if seconds == 1 else "seconds"
    text = f"slowed #{room} down to one message in {seconds} {unit}"
    if not seconds:
        text = f"ended the slow mode of #{room}"
    act("set", text, {"room": room, "slow": seconds}, history, port)


@operator_command("topic", help_="Set the topic of a room.")
@ROOM
@click.argument("text")
def topic(*, room: str, text: str, history: Path | Memory | None, port: int) -> None:
    """Set the topic of ROOM to TEXT; an empty one removes it."""
    done = f"set the topic of #{room}" if text else f"removed the topic of #{room}"
    act("topic", done, {"room": room, "topic": text}, history, port)


@operator_command("private", help_="Make a room private.")
@ROOM
def private(*, room: str, history: Path | Memory | None, port: int) -> None:
    """Make ROOM private: only those who are invited can enter it, or learn of it.

    Those who are in it stay in it.
    """
    data: dict[str, Cell] = {"room": room, "private": True}
    act("set", f"made #{room} private", data, history, port)


@operator_command("public", help_="Make a room public.")
@ROOM
def public(*, room: str, history: Path | Memory | None, port: int) -> None:
    """Make ROOM public: everybody can enter it, and read all that was said in it."""
    data: dict[str, Cell] = {"room": room, "private": False}
    act("set", f"made #{room} public", data, history, port)


@operator_command("close", help_="Close a room.")
@ROOM
def close(*, room: str, history: Path | Memory | None, port: int) -> None:
    """Close ROOM, which everybody leaves; its history remains.

    Its mutes and bans end, except those of its owner, and so do its invitations.
    """
    act("close", f"closed #{room}", {"room": room}, history, port)


@operator_command("role", help_="Set the role of an account in a room.")
@click.argument("name")
@click.argument(
    "role", type=click.Choice(["member", "moderator", "owner"]), metavar="ROLE"
)
@room_option("The room in which the account has the role.", is_required=True)
def role(
    *, name: str, role: str, room: str, history: Path | Memory | None, port: int
) -> None:
    """Make the account NAME a member, moderator or owner of a room.

    `parlour account role` sets the role on the whole server.
    """
    data = {"name": name, "role": role, "room": room}
    act("role", f"{{name}} is now {role} in #{room}", data, history, port)


ROOM_COMMANDS: Final = (lock, unlock, slow, topic, private, public, close, role)
