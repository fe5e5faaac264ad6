"""The settings of standard output and of the log on standard error."""

from typing import Final, get_args

import click

from parlour.core.log_level import LogLevel
from parlour.server.config import Config

from .setting import Applied, Setting

DEFAULTS: Final = Config()

OUTPUT: Final = (
    Setting(
        name="show-chat",
        type=click.Choice(["auto", "on", "off"]),
        default="auto",
        help="Write the chat to standard output; auto: on a terminal.",
    ),
    Setting(
        name="log-level",
        type=click.Choice(get_args(LogLevel)),
        derived="info; warning if the chat is shown on the same terminal",
        applied=Applied.ON_RELOAD,
        help="Lowest level that is logged.",
        example="warning",
    ),
    Setting(
        name="log-format",
        type=click.Choice(["text", "json"]),
        default=DEFAULTS.log_format,
        help="Format of the log on standard error.",
        details="`json` writes one event on each line, and no banner.",
    ),
    Setting(
        name="log-people",
        type=click.Choice(["full", "names", "addresses", "none"]),
        default=DEFAULTS.log_people,
        applied=Applied.ON_RELOAD,
        help="What the log records about users.",
        details="[Names, addresses, both or neither](cli.md#users-in-the-log).",
    ),
)
