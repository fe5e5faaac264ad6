"""The options of accounts: who may take part, and who may register."""

from collections.abc import Callable
from typing import Final, TypeVar

import click

from .greeting_type import GreetingType

Command = TypeVar("Command", bound=Callable[..., None])

OPTIONS: Final = (
    click.option(
        "--guests",
        type=click.Choice(["on", "read", "off"]),
        default="on",
        show_default=True,
        help="What users without an account may do: everything, only read, or nothing.",
    ),
    click.option(
        "--guest-names",
        type=click.Choice(["address", "number"]),
        default="address",
        show_default=True,
        help="What guests are called who choose no name: their address, which "
        "everybody sees then, or guest1, guest2 and so on.",
    ),
    click.option(
        "--greeting",
        type=GreetingType(),
        default="",
        metavar="FILE",
        help="A text file that new users are shown, such as the rules of the chat.",
    ),
    click.option(
        "--registration",
        type=click.Choice(["open", "invite", "closed"]),
        help="Who may register an account: everybody, users with a code from an "
        "administrator, or nobody.  [default: open if only this machine can reach the "
        "server and the page, otherwise invite]",
    ),
)


def account_options(command: Command) -> Command:
    """Add the options of accounts to *command*."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command
