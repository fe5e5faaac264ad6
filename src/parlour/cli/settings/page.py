"""The settings of the page for browsers."""

from typing import Final

import click

from parlour.server.config import Web

from ..option_types import AllowedHostType, HostType, PortType, WebPortType
from .setting import Setting

PAGE: Final = (
    Setting(
        name="web-port",
        type=WebPortType(),
        derived="no page",
        metavar="PORT|auto",
        help="Port of the page for browsers; auto: 8080, or a nearby port if that is "
        "taken.",
        details="0 uses a free port; `auto` tries 8080 and the next 19 ports, and then "
        "any free port. [What the page shows](page.md).",
        example="auto",
    ),
    Setting(
        name="web-tls-port",
        needs="tls-cert",
        type=PortType(0),
        derived="none",
        metavar="PORT",
        help="Port of the page over HTTPS, if there is a certificate; 0 uses a free "
        "port.",
        details="It needs no `web-port` beside it.",
        example=8443,
    ),
    Setting(
        name="web-host",
        needs="web-port",
        type=HostType(),
        default=Web().host,
        help="Address or name to serve the page on.",
    ),
    Setting(
        name="web",
        needs="web-port",
        type=click.Choice(["read", "write", "off"]),
        derived="write if only this machine can reach it, otherwise read",
        help="What users of the page may do.",
        details="`off` serves no page, even with `web-port`.",
        example="write",
    ),
    Setting(
        name="web-allow",
        needs="web-port",
        type=AllowedHostType(),
        derived="localhost and addresses only",
        metavar="HOST",
        is_multiple=True,
        help="Host name that browsers may use for the page, for example behind a "
        "proxy; can be repeated.",
        details="A name that is not of this machine means that a proxy serves the page "
        "to other machines.",
        example=("chat.example.org",),
    ),
)
