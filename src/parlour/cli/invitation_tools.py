"""Commands for the codes with which people register.

``parlour account invite``, ``parlour account invites``, ``parlour account uninvite``.
"""

from pathlib import Path
from typing import Final

import click

from .administration import administering
from .duration_type import DurationType, Forever
from .errors import USAGE, fail
from .operator_commands import JSON, done, operator_command, refuse
from .option_types import Memory
from .tables import Cell, show

CODE_SIZE: Final = 32  # random bytes of the code of an invitation


@operator_command("invite", help_="Let somebody register an account.")
@click.option(
    "--for",
    "duration",
    type=DurationType(),
    default="1w",
    show_default=True,
    metavar="TIME",
    allow_from_autoenv=False,
    help="Time until the code ends: 10m, 2h, 3d, 1w; at most a year.",
)
def invite(
    *, duration: int | Forever, history: Path | Memory | None, port: int
) -> None:
    """Print a code with which one person can register an account.

    It works once. Only a hash of it is stored.
    """
    from secrets import token_urlsafe  # noqa: PLC0415

    from parlour.core.limits import MAX_INVITATION_TIME  # noqa: PLC0415
    from parlour.core.protocol.tokens import hash_key  # noqa: PLC0415

    if isinstance(duration, Forever) or duration > MAX_INVITATION_TIME:
        fail("an invitation ends within a year: use a shorter --for", USAGE)
    code = token_urlsafe(CODE_SIZE)
    with administering(history, port) as administrator:
        answer = administrator.ask(
            "account-invite", code=hash_key(code), seconds=duration
        )
        done(answer, "")
    click.echo(code)


@operator_command("invites", help_="List the registration codes.")
@JSON
def invites(*, as_json: bool, history: Path | Memory | None, port: int) -> None:
    """List the codes with which somebody can register: number, end, who made them.

    The codes themselves are not stored. One without a name was made by the operator.
    """
    from parlour.core.protocol.admin_answers import (  # noqa: PLC0415
        InvitationFactsList,
    )

    with administering(history, port) as administrator:
        answer = administrator.ask("account-invites")
        if not isinstance(answer, InvitationFactsList):
            refuse("", answer)
    found: list[dict[str, Cell]] = [
        {"number": each.number, "until": each.until, "by": each.by or None}
        for each in answer.invitations
    ]
    show(found, as_json=as_json, if_empty="there are no registration codes")


@operator_command("uninvite", help_="Take back a registration code.")
@click.argument("number", type=click.IntRange(1), metavar="NUMBER")
def uninvite(*, number: int, history: Path | Memory | None, port: int) -> None:
    """Take back the code with this NUMBER in the list of `parlour account invites`.

    Nobody can register with it any more.
    """
    with administering(history, port) as administrator:
        answer = administrator.ask("account-uninvite", invitation=number)
        done(answer, str(number))
    click.echo(f"took back the code with number {number}")


INVITATION_COMMANDS: Final = (invite, invites, uninvite)
