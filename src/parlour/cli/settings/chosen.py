"""The values of all settings in one context, and the configuration made from them."""

import sys
from pathlib import Path
from typing import Literal, TypedDict, Unpack

import click
from click.core import ParameterSource

from parlour.core.rate_limit import Rate
from parlour.core.rules import GuestNames, Guests, Registration
from parlour.server.config import Bound, Config, Engine, People, Web

from ..command_classes import ProgramCommand
from ..errors import CommandLineError
from ..greeting_type import Greeting
from ..history_location import history_path, runtime_directory
from ..option_types import AutoPort, Memory
from .config_option import configuration_file
from .table import SETTINGS_BY_NAME

NEED_A_PAGE = ("web-host", "web", "web-allow")
"""The settings that have no effect without a page."""


class ChosenSettings(TypedDict):
    """The values of all settings, as their types return them."""

    host: str
    port: int
    engine: Engine
    recv_size: int
    history: Path | Memory | None
    max_history: tuple[Bound, ...]
    web_port: int | AutoPort | None
    web_host: str
    web: Literal["read", "write", "off"] | None
    web_allow: tuple[str, ...]
    guests: Guests
    guest_names: GuestNames
    greeting: Greeting | None
    registration: Registration | None
    max_users: int | None
    max_per_address: int | None
    max_line: int
    rate: Rate | None
    show_chat: Literal["auto", "on", "off"]
    log_level: str | None
    log_format: Literal["text", "json"]
    log_people: People


def collected(**values: Unpack[ChosenSettings]) -> ChosenSettings:
    """Return the *values* of all settings."""
    return values


def server_config(chosen: ChosenSettings, trace: Path | None) -> Config:
    """Return the configuration of a server with the *chosen* settings.

    Exits with an error if there is no directory for the default history.
    """
    show_chat, log_level = chosen["show_chat"], chosen["log_level"]
    shown = show_chat == "on" or (show_chat == "auto" and sys.stdout.isatty())
    greeting = chosen["greeting"]
    return Config(
        host=chosen["host"],
        port=chosen["port"],
        engine=chosen["engine"],
        recv_size=chosen["recv_size"],
        history=history_path(chosen["history"], chosen["port"]),
        max_history=chosen["max_history"],
        web=_page(chosen),
        guests=chosen["guests"],
        guest_names=chosen["guest_names"],
        greeting=greeting.text if greeting else "",
        registration=chosen["registration"],
        max_users=chosen["max_users"],
        max_per_address=chosen["max_per_address"],
        max_line=chosen["max_line"],
        rate=chosen["rate"],
        show_chat=shown,
        log_level=log_level or ("warning" if shown and sys.stderr.isatty() else "info"),
        log_format=chosen["log_format"],
        log_people=chosen["log_people"],
        runtime_directory=runtime_directory(),
        trace=trace,
    )


def _page(chosen: ChosenSettings) -> Web | None:
    """Return the configuration of the page, or None if it is not served.

    Without a page, its options on the command line are an error. In the environment,
    which several programs may share, and in the file they are ignored and reported.
    """
    port, mode = chosen["web_port"], chosen["web"]
    if mode == "off":
        return None
    if port is None:
        _refuse_without_page(click.get_current_context())
        return None
    number = None if isinstance(port, AutoPort) else port
    return Web(number, chosen["web_host"], mode, chosen["web_allow"])


def _refuse_without_page(ctx: click.Context) -> None:
    """Refuse options of the page, or report the variables and keys that set them."""
    variables, keys = [], []
    for setting in map(SETTINGS_BY_NAME.__getitem__, NEED_A_PAGE):
        source = ctx.get_parameter_source(setting.parameter)
        if source is ParameterSource.COMMANDLINE:
            raise CommandLineError(
                f"{setting.option} needs --web-port: without it, there is no page "
                f"(see {ctx.command_path} --help)"
            )
        if source is ParameterSource.ENVIRONMENT:
            variables.append(setting.variable)
        if source is ParameterSource.DEFAULT_MAP:
            keys.append(setting.name)
    port = SETTINGS_BY_NAME["web-port"]
    if isinstance(ctx.command, ProgramCommand):
        if variables:
            why = f"(no page without {port.variable})"
            ctx.command.report_ignored(ctx, f"{', '.join(variables)} {why}")
        if keys and (file := configuration_file(ctx)):
            why = f"(no page without {port.name})"
            ctx.command.report_ignored(ctx, f"{', '.join(keys)} {why}", file.path)
