"""The options of the page."""

import re
from collections.abc import Callable
from ipaddress import IPv6Address
from typing import Final, Literal, TypeVar

import click
from click.core import ParameterSource

from parlour.server.config import Web

from .command_classes import HostType, PortType, Program, Slip
from .environment import PREFIX

Command = TypeVar("Command", bound=Callable[..., None])


class AutoPort:
    """The usual port, or a free one if that is taken."""


class WebPortType(click.ParamType[int | AutoPort]):
    """The number of a port, or the word ``auto``."""

    name = "port"

    def convert(
        self,
        value: object,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> int | AutoPort:
        if value == "auto" or isinstance(value, AutoPort):
            return AutoPort()
        if not re.fullmatch("[0-9]+", str(value)):
            what = f"{value!r} is neither 'auto' nor the number of a port"
            self.fail(what, param, ctx)
        return PortType(0).convert(value, param, ctx)


class AllowedType(click.ParamType[str]):
    """A host as a browser sends it, without scheme, port and path.

    An address of IPv6 may have its brackets, or not.
    """

    name = "host"

    def convert(
        self,
        value: object,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> str:
        host = str(value)
        if re.fullmatch(r"[A-Za-z0-9._-]+", host):
            return host
        try:
            return f"[{IPv6Address(host.removeprefix('[').removesuffix(']'))}]"
        except ValueError:
            what = f"{value!r} is not just a host, as in chat.example.org"
            self.fail(what, param, ctx)


OPTIONS: Final = (
    click.option(
        "--web-port",
        type=WebPortType(),
        metavar="PORT|auto",
        help="Serve the page for browsers on this port; auto: 8080, or a free one if "
        "that is taken.  [default: no page]",
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
        help="What those at the page may do.  [default: write if only this machine can "
        "reach it, or else read]",
    ),
    click.option(
        "--web-allow",
        type=AllowedType(),
        multiple=True,
        metavar="HOST",
        help="A name by which the page may be asked for, as behind a proxy; can be "
        "repeated.  [default: localhost and addresses only]",
    ),
)


def page_options(command: Command) -> Command:
    """Give a command the options of the page."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def web_config(
    mode: Literal["read", "write", "off"] | None,
    port: int | AutoPort | None,
    host: str,
    allowed: tuple[str, ...],
) -> Web | None:
    """Return how the page is to be served; None: it is not.

    What the command line says of a page that is nowhere is an error. In the
    environment, which may be that of many programs, it is named and ignored.
    """
    if mode == "off":
        return None
    if port is None:
        _refuse_without_page(click.get_current_context())
        return None
    return Web(None if isinstance(port, AutoPort) else port, host, mode, allowed)


def _refuse_without_page(ctx: click.Context) -> None:
    """Refuse options of the page, or name the variables that set them."""
    ignored = []
    for name in ("web_host", "web", "web_allow"):
        source = ctx.get_parameter_source(name)
        if source is ParameterSource.COMMANDLINE:
            option = f"--{name.replace('_', '-')}"
            raise Slip(
                f"{option} is about the page, and there is none without --web-port "
                f"({ctx.command_path} --help tells more)"
            )
        if source is ParameterSource.ENVIRONMENT:
            ignored.append(f"{PREFIX}{name.upper()}")
    if ignored and isinstance(ctx.command, Program):
        named = ", ".join(ignored)
        ctx.command.tell_ignored(ctx, f"{named} (no page without {PREFIX}WEB_PORT)")
