"""The lifecycle of a server, from its configuration to its shutdown."""

import logging
import os
import signal
import socket as socket_module
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Final

import parlour
from parlour.core.hub import Hub
from parlour.core.limits import Limits
from parlour.core.ports import Gateway
from parlour.core.protocol.dialect import Dialect
from parlour.core.rules import Rules
from parlour.core.state.state import State
from parlour.system.resource_limits import raise_descriptor_limit
from parlour.system.trace_file import DATABASE_SUFFIXES

from . import event_log
from .addresses import limited_network
from .admin_socket.listener import AdminListener, AdminSocketError
from .admin_socket.location import socket_path
from .admin_socket.service import AdminService
from .config import MAX_USERS, Config
from .driver_contract import GatewayFactory
from .event_log import log
from .listening import Listeners, listen_for_pages, listen_on
from .passwords import CLOSE_TIMEOUT as PASSWORD_CLOSE_TIMEOUT
from .reloading import ReadAgain, Reloader
from .runtime import Runtime
from .sockets import set_up
from .status_report import PageFacts, ServerFacts, banner, invitation
from .storage import Approve, approve_all, open_storage
from .trace import Trace, TraceError

CLOSE_TIMEOUT: Final = 10.0  # seconds to record pending drafts at the end
NO_PATH: Final = "its path would be too long, or others could write to its directory"


def run(
    config: Config,
    console: Dialect,
    make_gateway: GatewayFactory | None = None,
    approve: Approve = approve_all,
    read_again: ReadAgain | None = None,
) -> int:
    """Serve until a signal stops the server.

    *console* formats the chat for the server's own terminal, *make_gateway* makes the
    gateway of the page, *approve* is called before messages are deleted because a
    limit is smaller now, and *read_again* reads the configuration again.

    Returns the exit code: 0, or 1 if the journal failed and records nothing more.
    Raises `sockets.ListenError`, `trace.TraceError` and `files.FileError`.
    """
    engine, serve = _load_driver(config)
    limits = config.limits(raise_descriptor_limit())
    trace = _open_trace(config, limits)
    listeners = listen_on(config.host, config.port)
    page = listen_for_pages(config.web) if config.web is not None else None
    with event_log.logging_to_stderr(
        config.log_level, config.log_format, config.log_people
    ):
        storage = open_storage(config, approve)
        local = listeners.is_local and (page is None or page.is_local)
        rules = config.rules(is_local=local)
        facts = _facts(
            config, engine, limits, listeners, storage.description, page, rules
        )
        runtime = Runtime(
            hub=Hub(limits, State(storage.state), rules=rules),
            recorder=storage.recorder,
            listeners=listeners.all,
            recv_size=config.recv_size,
            announce=lambda: _announce(facts, config),
            console=console if config.show_chat else None,
            gateways=_gateways(facts, limits, rules, make_gateway),
            trace=trace,
        )
        runtime.admin = _admin_service(config, runtime)
        if read_again is not None:
            runtime.reloader = Reloader(
                runtime.hub,
                read_again,
                lambda config: config.limits(raise_descriptor_limit()),
                is_local=local,
            )
        _serve_and_close(serve, runtime)
    return 0 if runtime.failure is None else 1


def _serve_and_close(serve: Callable[[Runtime], None], runtime: Runtime) -> None:
    """Serve, and then record the pending entries, and write the rest of the trace.

    Each step is taken whatever becomes of the others, the recording first.
    """
    with ExitStack() as steps:  # the last one first
        if runtime.trace is not None:
            steps.callback(runtime.trace.close)
        steps.callback(runtime.passwords.join, PASSWORD_CLOSE_TIMEOUT)
        steps.callback(runtime.passwords.close)
        if runtime.admin is not None:
            steps.callback(runtime.admin.close)
        steps.callback(_close_recorder, runtime)
        steps.callback(_exit_on_signals)
        serve(runtime)


def _close_recorder(runtime: Runtime) -> None:
    if not runtime.recorder.close(CLOSE_TIMEOUT):
        log(logging.ERROR, "history.unclosed", seconds=CLOSE_TIMEOUT)


def _admin_service(config: Config, runtime: Runtime) -> AdminService | None:
    """Open the admin socket. Without one, the server serves all the same."""
    if not hasattr(socket_module, "AF_UNIX"):
        return None
    port = runtime.listeners[0].getsockname()[1]
    path = socket_path(config.history, port, config.runtime_directory)
    if path is None:
        log(logging.WARNING, "admin.unavailable", reason=NO_PATH)
        return None
    try:
        listener = AdminListener(path)
    except AdminSocketError as exc:
        log(logging.WARNING, "admin.unavailable", reason=str(exc))
        return None
    return AdminService(listener, runtime.hub, runtime.wall, runtime.read)


def _facts(
    config: Config,
    engine: str,
    limits: Limits,
    listeners: Listeners,
    history: str,
    page: PageFacts | None,
    rules: Rules,
) -> ServerFacts:
    """Return the facts for the banner of a server that is about to serve."""
    return ServerFacts(
        version=parlour.__version__,
        engine=engine,
        addresses=listeners.addresses,
        reachable=listeners.reachable,
        is_local=listeners.is_local,
        taken=[each for each in (listeners.taken, page and page.taken) if each],
        max_users=limits.max_users,
        wanted_users=config.max_users or MAX_USERS[config.engine],
        history=history,
        page=page,
        guests=rules.guests,
        guest_names=rules.guest_names,
        registration=rules.registration,
    )


def _open_trace(config: Config, limits: Limits) -> Trace | None:
    """Open the file of the trace, if one is configured. Raises `TraceError`."""
    if config.trace is None:
        return None
    if config.history is not None:
        history = os.path.realpath(config.history)
        in_use = {history, *(f"{history}{suffix}" for suffix in DATABASE_SUFFIXES)}
        if os.path.realpath(config.trace) in in_use:
            reason = "the history uses this file"
            raise TraceError(f"cannot write the trace to {config.trace}: {reason}")
    return Trace(config.trace, limits.max_line)


def _exit_on_signals() -> None:
    """Make further signals end the process at once."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _: os._exit(128 + number))
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # the system may send it on its own


def _load_driver(config: Config) -> tuple[str, Callable[[Runtime], None]]:
    """Return the name of the driver and its `serve`. Do not import the other driver."""
    if config.engine == "threads":
        from .threaded_driver.driver import serve  # noqa: PLC0415

        return "a thread per client", serve
    from .asyncio_driver.driver import serve  # noqa: PLC0415
    from .event_loops import LOOP  # noqa: PLC0415

    return LOOP, serve


def _gateways(
    facts: ServerFacts,
    limits: Limits,
    rules: Rules,
    make_gateway: GatewayFactory | None,
) -> Sequence[Gateway]:
    """Make the gateway of the page, if there is a page."""
    page = facts.page
    if page is None or make_gateway is None:
        return ()
    gateway = make_gateway(
        page.listeners,
        page.mode,
        max_pages=limits.max_pages,
        invitation=invitation(facts),
        set_up=set_up,
        network_of=limited_network,
        rules=rules,
    )
    return (gateway,)


def _announce(facts: ServerFacts, config: Config) -> None:
    """Show the banner, or log the event that replaces it in a JSON log."""
    if config.log_format == "json":
        host, _, port = facts.addresses[0].rpartition(":")
        event_log.log(
            logging.INFO,
            "listening",
            host=host.strip("[]"),
            port=int(port),
            addresses=" ".join(facts.addresses),
            engine=facts.engine,
            max_users=facts.max_users,
            history=facts.history,
            page=facts.page.url if facts.page is not None else None,
            version=facts.version,
        )
    else:
        event_log.show(banner(facts))
    for address in facts.taken:
        log(logging.WARNING, "localhost.taken", address=address)
