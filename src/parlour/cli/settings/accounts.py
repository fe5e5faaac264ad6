"""The settings of guests and accounts: who may take part, and who may register."""

from typing import Final

import click

from parlour.server.config import Config

from ..greeting_type import GreetingType
from .setting import Applied, Setting

DEFAULTS: Final = Config()

ACCOUNTS: Final = (
    Setting(
        name="guests",
        type=click.Choice(["on", "read", "off"]),
        default=DEFAULTS.guests,
        applied=Applied.ON_RELOAD,
        help="What users without an account may do: everything, only read, or nothing.",
        details="A reload applies it to sessions that start afterwards.",
    ),
    Setting(
        name="guest-names",
        type=click.Choice(["address", "number"]),
        default=DEFAULTS.guest_names,
        applied=Applied.ON_RELOAD,
        help="What guests are called who choose no name: their address, which "
        "everybody sees then, or guest1, guest2 and so on.",
    ),
    Setting(
        name="greeting",
        type=GreetingType(),
        metavar="FILE",
        applied=Applied.ON_RELOAD,
        help="A text file that new users are shown, such as the rules of the chat.",
        details="Each user is shown it once. It is in UTF-8 and has at most 20 lines "
        "and 1,000 characters, without control characters. A reload reads it again.",
        example="greeting.txt",
    ),
    Setting(
        name="registration",
        type=click.Choice(["open", "invite", "closed"]),
        derived="open if only this machine can reach the server and the page, "
        "otherwise invite",
        applied=Applied.ON_RELOAD,
        help="Who may register an account: everybody, users with a code from an "
        "administrator, or nobody.",
        details="Codes come from `parlour account invite` or `/invite --server`. A "
        "proxy that serves the page (`web-allow`) counts as other machines.",
        example="invite",
    ),
)
