"""What the commands for the operator of the machine have in common."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NoReturn

import click

from .command_classes import ProgramCommand
from .errors import FAILED, fail
from .history_tools import HISTORY, PORT
from .shared_options import SETTINGS, VERSION
from .tool_output import printable

if TYPE_CHECKING:
    from parlour.core.protocol.admin_answers import Answer

JSON: Final = click.option(
    "--json",
    "as_json",
    is_flag=True,
    allow_from_autoenv=False,  # the variable is for the client
    help="Print an object of JSON on each line.",
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


def done(answer: "Answer", name: str) -> str:
    """Return the name as the server writes it; exit if *answer* is a refusal."""
    from parlour.core.protocol.admin_answers import Done  # noqa: PLC0415

    if not isinstance(answer, Done):
        refuse(name, answer)
    return answer.name


def refuse(name: str, answer: "Answer") -> NoReturn:
    """Exit with the reason of a refusal, which is about *name*."""
    from parlour.core.events import Refused  # noqa: PLC0415

    reason = answer.reason if isinstance(answer, Refused) else "unexpected answer"
    fail(printable(f"{name}: {reason}" if name else reason), FAILED)
