"""What the commands for the operator of the machine have in common."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn, TypeVar

import click

from parlour.core.typed_numbers import parse_number

from .administration import administering
from .command_classes import ProgramCommand
from .errors import FAILED, fail
from .history_tools import HISTORY, PORT
from .option_types import Memory
from .room_type import RoomType
from .shared_options import SETTINGS, VERSION
from .tables import Cell
from .tool_output import printable

if TYPE_CHECKING:
    from parlour.core.protocol.admin_answers import (
        AccountList,
        Answer,
        InvitationFactsList,
    )
    from parlour.core.protocol.process_answers import RoomFactsList, UserFactsList

    Listed = TypeVar(
        "Listed", AccountList, InvitationFactsList, RoomFactsList, UserFactsList
    )

JSON: Final = click.option(
    "--json",
    "as_json",
    is_flag=True,
    allow_from_autoenv=False,  # the variable is for the client
    help="Print an object of JSON on each line.",
)

NAME_TAKEN: Final = "name_registered"  # the code of a refusal
OTHER_NAME: Final = "choose another name; parlour account passwd changes a password"

Function = TypeVar("Function", bound=Callable[..., None])


def room_option(
    help_: str, *, is_required: bool = False
) -> Callable[[Function], Function]:
    """Return the option that names a room."""
    return click.option(
        "--room",
        type=RoomType(),
        required=is_required,
        allow_from_autoenv=False,  # the variable is for the client
        metavar="ROOM",
        help=help_,
    )


def operator_command(
    name: str, *, help_: str, group: click.Group | None = None
) -> Callable[..., click.Command]:
    """Return a decorator that makes a command of *group*, or one to add to a group."""
    make = click.command if group is None else group.command
    command = make(
        name, cls=ProgramCommand, context_settings=SETTINGS, short_help=help_
    )

    def decorate(function: Callable[..., None]) -> click.Command:
        return command(VERSION(HISTORY(PORT(function))))

    return decorate


def act(
    kind: str,
    text: str,
    data: Mapping[str, Cell],
    history: Path | Memory | None,
    port: int,
) -> None:
    """Make a request, and print *text* with the name as the server writes it.

    Errors are about the name or the number in *data*, or else about its room.
    """
    about = data.get("name") or data.get("number") or data.get("room")
    with administering(history, port) as administrator:
        name = done(administrator.ask(kind, **data), f"{about or ''}")
        click.echo(printable(text.format(name=name)))


def meant(typed: str, key: str = "number") -> dict[str, Cell]:
    """Return the data that mean something by its number, as *key*, or by a name."""
    number = parse_number(typed)
    return {key: number} if number else {"name": typed}


def pages(
    kind: str,
    page_type: "type[Listed]",
    history: Path | Memory | None,
    port: int,
    **data: object,
) -> Iterator["Listed"]:
    """Yield the answers to a request for a list, until there is no more.

    Exits if one of them is a refusal, which is about the room in *data*, if any.
    """
    after = 0
    with administering(history, port) as administrator:
        while True:
            page = administrator.ask(kind, after=after, **data)
            if not isinstance(page, page_type):
                refuse(f"{data.get('room') or ''}", page)
            yield page
            if page.following <= after:
                return
            after = page.following


def done(answer: "Answer", name: str) -> str:
    """Return the name as the server writes it; exit if *answer* is a refusal."""
    return outcome(answer, name)[0]


def outcome(answer: "Answer", name: str) -> tuple[str, bool]:
    """Return the same name, and whether there is more to do; exit after a refusal."""
    from parlour.core.protocol.admin_answers import Done  # noqa: PLC0415

    if not isinstance(answer, Done):
        refuse(name, answer)
    return answer.name, answer.more


def refuse(name: str, answer: "Answer") -> NoReturn:
    """Exit with the reason of a refusal, which is about *name*."""
    from parlour.core.events import Refused  # noqa: PLC0415

    reason = "unexpected answer"
    if isinstance(answer, Refused):
        reason = answer.reason
        if answer.code == NAME_TAKEN:
            reason += f"; {OTHER_NAME}"
    fail(printable(f"{name}: {reason}" if name else reason), FAILED)
