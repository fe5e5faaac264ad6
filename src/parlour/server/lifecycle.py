"""From a configuration to a running server, and its orderly end."""

import logging
from collections.abc import Callable
from contextlib import closing

import parlour
from parlour.config import MAX_USERS, Config
from parlour.core.dialect import Dialect
from parlour.core.events import LOBBY
from parlour.core.hub import Hub
from parlour.history.memory import MemoryHistory

from . import logs
from .report import Facts, banner
from .service import Service
from .sockets import is_loopback, listen, name_of, raise_descriptor_limit
from .trace import Trace


def run(config: Config, console: Dialect) -> None:
    """Serve as *config* says until a signal comes; show the chat as *console* does.

    Raises `sockets.ListenError` and `trace.TraceError`.
    """
    engine, serve = _engine(config)
    limits = config.limits(raise_descriptor_limit())
    trace = Trace(config.trace) if config.trace is not None else None
    listeners = listen(config.host, config.port)
    facts = Facts(
        version=parlour.__version__,
        engine=engine,
        addresses=[name_of(sock.getsockname()) for sock in listeners],
        is_local=all(is_loopback(sock.getsockname()[0]) for sock in listeners),
        max_users=limits.max_users,
        wanted_users=config.max_users or MAX_USERS[config.engine],
        history=f"the last {config.max_history:,} messages, in memory",
    )
    logging_to_stderr = logs.logging_to_stderr(config.log_level, config.log_format)
    with logging_to_stderr, closing(MemoryHistory(config.max_history)) as history:
        serve(
            Service(
                hub=Hub(limits, {LOBBY: history.head(LOBBY)}),
                history=history,
                listeners=listeners,
                recv_size=config.recv_size,
                announce=lambda: _announce(facts, config),
                console=console if config.show_chat else None,
                trace=trace,
            )
        )
    if trace is not None:
        trace.close()


def _engine(config: Config) -> tuple[str, Callable[[Service], None]]:
    """Return the name of the driver and its way to serve; the other is not loaded."""
    if config.engine == "threads":
        from . import threads  # noqa: PLC0415

        return "a thread per client", threads.serve
    from . import aio  # noqa: PLC0415

    return aio.LOOP, aio.serve


def _announce(facts: Facts, config: Config) -> None:
    """Say that connections are accepted."""
    if config.log_format == "json":
        host, _, port = facts.addresses[0].rpartition(":")
        logs.log(
            logging.INFO,
            "listening",
            host=host.strip("[]"),
            port=int(port),
            addresses=" ".join(facts.addresses),
            engine=facts.engine,
            max_users=facts.max_users,
            version=facts.version,
        )
    else:
        logs.show(banner(facts))
