"""The settings of the network: where the server listens, and how it reads."""

from typing import Final

import click

from parlour.server.config import Config

from ..option_types import HostType, NumberType, OptionalPortType
from ..proxy_prefix_type import ProxyPrefixType
from .setting import Setting

DEFAULTS: Final = Config()

NETWORK: Final = (
    Setting(
        name="host",
        type=HostType(),
        default=DEFAULTS.host,
        help="Address or name to listen on; 0.0.0.0 or :: for all.",
        details="With 127.0.0.1 or ::1, it is [both of them](cli.md#localhost).",
    ),
    Setting(
        name="port",
        type=OptionalPortType(),
        default=DEFAULTS.port,
        metavar="PORT|off",
        help="Port to listen on without TLS; 0 uses a free port; off: only with TLS.",
        details="With `off`, the files of the server, and `parlour admin`, use the "
        "number of `tls-port`.",
    ),
    Setting(
        name="proxy-protocol-from",
        type=ProxyPrefixType(),
        derived="nobody",
        metavar="PREFIX",
        is_multiple=True,
        help="Address or network of proxies whose connections to the chat begin with a "
        "header of the PROXY protocol, for example 10.0.0.0/8; can be repeated.",
        details="From these addresses, a header is required, on the ports with TLS and "
        "without. From others, it is never read "
        "([how to](../howto/behind-a-proxy.md)).",
        example=("10.0.0.0/8",),
    ),
    Setting(
        name="engine",
        type=click.Choice(["async", "threads"]),
        default=DEFAULTS.engine,
        help="async: coroutines; threads: a thread for each client.",
    ),
    Setting(
        name="recv-size",
        type=NumberType(1, 1 << 20),
        default=DEFAULTS.recv_size,
        metavar="BYTES",
        help="Maximum size of one read from a socket.",
    ),
    Setting(
        name="drain-timeout",
        type=NumberType(1, 3600),
        default=int(DEFAULTS.drain_timeout),
        metavar="SECONDS",
        help="Time for clients to take what was sent to them when the server shuts "
        "down.",
        details="A client that takes no bytes for two seconds is not waited for.",
    ),
)
