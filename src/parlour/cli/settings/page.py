"""The settings of the page for browsers."""

from typing import Final

import click

from parlour.server.config import Web

from ..option_types import AllowedHostType, HostType, PortType, WebPortType
from ..path_prefix_type import PathPrefixType
from ..proxy_prefix_type import ProxyPrefixType
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
    Setting(
        name="web-prefix",
        needs="web-port",
        type=PathPrefixType(),
        default="/",
        metavar="PATH",
        help="Path under which the page is served, for example /chat where a proxy has "
        "other services at the same host.",
        details="The proxy passes on the path as it is.",
        example="/chat",
    ),
    Setting(
        name="web-proxy-from",
        needs="web-port",
        type=ProxyPrefixType(),
        derived="nobody",
        metavar="PREFIX",
        is_multiple=True,
        help="Address or network of proxies whose X-Forwarded-For and -Proto headers "
        "say who uses the page, for example 10.0.0.0/8; can be repeated.",
        details="From others, these headers are ignored "
        "([how to](../howto/behind-a-proxy.md)).",
        example=("127.0.0.1",),
    ),
)
