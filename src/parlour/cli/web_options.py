"""The options of the web page."""

from collections.abc import Callable
from typing import Final, Literal, TypeVar

import click
from click.core import ParameterSource

from parlour.server.config import Web

from .command_classes import ProgramCommand
from .environment import PREFIX
from .errors import CommandLineError
from .option_types import AllowedHostType, AutoPort, HostType, WebPortType

Command = TypeVar("Command", bound=Callable[..., None])


OPTIONS: Final = (
    click.option(
        "--web-port",
        type=WebPortType(),
        metavar="PORT|auto",
        help="Port of the page for browsers; auto: 8080, or a nearby port if that is "
        "taken.  [default: no page]",
    ),
    click.option(
        "--web-host",
        type=HostType(),
        default="127.0.0.1",
        show_default=True,
        help="Address or name to serve the page on.",
    ),
    click.option(
        "--web",
        type=click.Choice(["read", "write", "off"]),
        help="What users of the page may do.  [default: write if only this machine can "
        "reach it, otherwise read]",
    ),
    click.option(
        "--web-allow",
        type=AllowedHostType(),
        multiple=True,
        metavar="HOST",
        help="Host name that browsers may use for the page, for example behind a "
        "proxy; can be repeated.  [default: localhost and addresses only]",
    ),
)


def page_options(command: Command) -> Command:
    """Add the options of the page to *command*."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def web_config(
    mode: Literal["read", "write", "off"] | None,
    port: int | AutoPort | None,
    host: str,
    allowed: tuple[str, ...],
) -> Web | None:
    """Return the configuration of the page, or None if it is not served.

    Without a page, its options on the command line are an error. In the environment,
    which several programs may share, they are ignored and reported.
    """
    if mode == "off":
        return None
    if port is None:
        _refuse_without_page(click.get_current_context())
        return None
    return Web(None if isinstance(port, AutoPort) else port, host, mode, allowed)


def _refuse_without_page(ctx: click.Context) -> None:
    """Refuse options of the page, or report the variables that set them."""
    ignored = []
    for name in ("web_host", "web", "web_allow"):
        source = ctx.get_parameter_source(name)
        if source is ParameterSource.COMMANDLINE:
            option = f"--{name.replace('_', '-')}"
            raise CommandLineError(
                f"{option} needs --web-port: without it, there is no page "
                f"(see {ctx.command_path} --help)"
            )
        if source is ParameterSource.ENVIRONMENT:
            ignored.append(f"{PREFIX}{name.upper()}")
    if ignored and isinstance(ctx.command, ProgramCommand):
        names = ", ".join(ignored)
        ctx.command.report_ignored(ctx, f"{names} (no page without {PREFIX}WEB_PORT)")
