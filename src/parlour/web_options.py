"""The options of the page."""

import re
from typing import Literal

import click

from parlour.arguments import PortType
from parlour.config import Web


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
