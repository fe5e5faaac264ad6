"""The options of the page."""

import re
from collections.abc import Callable
from typing import Final, Literal, TypeVar

import click

from parlour.arguments import HostType, PortType
from parlour.config import Web

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
    """A name of a host as a browser sends it, without scheme, port and path."""

    name = "host"

    def convert(
        self,
        value: object,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> str:
        if re.fullmatch(r"[A-Za-z0-9._-]+", str(value)) is None:
            self.fail(
                f"{value!r} is not just a host, as in chat.example.org", param, ctx
            )
        return str(value)


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
    """Return how the page is to be served; None: it is not."""
    if port is None or mode == "off":
        return None
    return Web(None if isinstance(port, AutoPort) else port, host, mode, allowed)
