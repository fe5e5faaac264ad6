"""Commands for the codes with which people register.

``parlour account invite``, ``parlour account invites``, ``parlour account uninvite``.
"""

from pathlib import Path
from typing import Final

import click

from .administration import administering
from .duration_type import DurationType, Forever
from .errors import USAGE, fail
from .operator_commands import JSON, act, done, operator_command, pages
from .option_types import Memory, NumberType
from .tables import Cell, show

CODE_SIZE: Final = 32  # random bytes of the code of an invitation


DURATION: Final = click.option(
    "--for",
    "duration",
    type=DurationType(),
    default="1w",
    show_default=True,
    metavar="TIME",
    allow_from_autoenv=False,
    help="Time until the invitation ends: 10m, 2h, 3d, 1w; at most a year.",
)


@operator_command("invite", help_="Let somebody register an account.")
@DURATION
def invite(
    *, duration: int | Forever, history: Path | Memory | None, port: int
) -> None:
    """Print a code with which one person can register an account.

    It works once. Only a hash of it is stored.
    """
    seconds = invitation_seconds(duration)
    code, hashed = new_code()
    act("invite", code, {"code": hashed, "seconds": seconds}, history, port)


@operator_command("invites", help_="List the registration codes.")
@JSON
def invites(*, as_json: bool, history: Path | Memory | None, port: int) -> None:
    """List the codes with which somebody can register: number, end, who made them.

    The codes themselves are not stored. One without a name was made by the operator.
    """
    found = listed(None, history, port)
    show(found, as_json=as_json, if_empty="there are no registration codes")


@operator_command("uninvite", help_="Take back a registration code.")
@click.argument("number", type=NumberType(1), metavar="NUMBER")
def uninvite(*, number: int, history: Path | Memory | None, port: int) -> None:
    """Take back the code with this NUMBER in the list of `parlour account invites`.

    Nobody can register with it any more.
    """
    with administering(history, port) as administrator:
        done(administrator.ask("uninvite", number=number), str(number))
    click.echo(f"took back the code with number {number}")


INVITATION_COMMANDS: Final = (invite, invites, uninvite)


def invitation_seconds(duration: int | Forever) -> int:
    """Return the seconds of `--for`. Exits if that is too long."""
    from parlour.core.limits import MAX_INVITATION_TIME  # noqa: PLC0415

    if isinstance(duration, Forever) or duration > MAX_INVITATION_TIME:
        fail("an invitation ends within a year: use a shorter --for", USAGE)
    return duration


def new_code() -> tuple[str, str]:
    """Return the code of a new invitation, and its hash."""
    from secrets import token_urlsafe  # noqa: PLC0415

    from parlour.core.protocol.tokens import hash_key  # noqa: PLC0415

    code = token_urlsafe(CODE_SIZE)
    return code, hash_key(code)


def listed(
    room: str | None, history: Path | Memory | None, port: int
) -> list[dict[str, Cell]]:
    """Return the invitations to *room*, or to register, asking for a page at a time."""
    from parlour.core.protocol.admin_answers import (  # noqa: PLC0415
        InvitationFactsList,
    )

    return [
        {
            "number": each.number,
            "name": each.name or None,
            "until": each.until,
            "by": each.by or None,
        }
        for page in pages("invites", InvitationFactsList, history, port, room=room)
        for each in page.invitations
    ]
