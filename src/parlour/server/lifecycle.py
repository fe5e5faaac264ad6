"""From a configuration to a running server, and its orderly end."""

import logging
import time
from collections.abc import Callable

import parlour
from parlour.config import MAX_USERS, Config
from parlour.core.dialect import Dialect
from parlour.core.hub import Hub

from . import logs
from .archive import CLOSE_WAIT, open_archive
from .logs import log
from .report import Facts, banner
from .service import Service
from .sockets import is_loopback, listen, name_of, raise_descriptor_limit
from .trace import Trace


def run(config: Config, console: Dialect) -> int:
    """Serve as *config* says until a signal comes; show the chat as *console* does.

    Returns the exit code: 0, or 1 if the history failed and nothing can be kept.
    Raises `sockets.ListenError`, `trace.TraceError` and `history.files.FileError`.
    """
    engine, serve = _engine(config)
    limits = config.limits(raise_descriptor_limit())
    trace = Trace(config.trace) if config.trace is not None else None
    listeners = listen(config.host, config.port)
    with logs.logging_to_stderr(config.log_level, config.log_format):
        archive = open_archive(config)
        facts = Facts(
            version=parlour.__version__,
            engine=engine,
            addresses=[name_of(sock.getsockname()) for sock in listeners],
            is_local=all(is_loopback(sock.getsockname()[0]) for sock in listeners),
            max_users=limits.max_users,
            wanted_users=config.max_users or MAX_USERS[config.engine],
            history=archive.description,
        )
        service = Service(
            hub=Hub(limits, archive.reach, wall=time.time() - time.monotonic()),
            recorder=archive.recorder,
            listeners=listeners,
            recv_size=config.recv_size,
            announce=lambda: _announce(facts, config),
            console=console if config.show_chat else None,
            trace=trace,
        )
        try:
            serve(service)
        finally:
            if not archive.recorder.close(CLOSE_WAIT):
                log(logging.ERROR, "history.unclosed", seconds=CLOSE_WAIT)
    if trace is not None:
        trace.close()
    return 0 if service.failure is None else 1


def _engine(config: Config) -> tuple[str, Callable[[Service], None]]:
    """Return the name of the driver and its way to serve; the other is not loaded."""
    if config.engine == "threads":
        from . import threads  # noqa: PLC0415

        return "a thread per client", threads.serve
    from . import aio, loops  # noqa: PLC0415

    return loops.LOOP, aio.serve


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
            history=facts.history,
            version=facts.version,
        )
    else:
        logs.show(banner(facts))
