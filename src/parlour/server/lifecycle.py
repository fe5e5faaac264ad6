"""The lifecycle of a server, from its configuration to its shutdown."""

import logging
import os
import signal
import socket
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from functools import partial
from typing import TYPE_CHECKING, Final

import parlour
from parlour.core.hosts import AllowedHosts
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
from .admin_socket.process_acts import ProcessActs
from .admin_socket.service import AdminService
from .banner import PageFacts, ServerFacts, banner, invitation
from .config import MAX_USERS, Config, TLSFiles, Web, max_handshakes
from .drain import Drain
from .driver_contract import GatewayFactory
from .event_log import log
from .listeners import Listeners, open_listeners
from .passwords import CLOSE_TIMEOUT as PASSWORD_CLOSE_TIMEOUT
from .reloading import LoadConfig, Reloader
from .runtime import Runtime
from .sockets import set_up
from .storage import Approve, approve_all, open_storage
from .systemd.journal_stream import VARIABLE as JOURNAL_STREAM
from .systemd.notification import Notifier, notifier_of
from .systemd.socket_activation import inherited_sockets
from .tls.listening import TLS
from .trace import Trace, TraceError

if TYPE_CHECKING:  # loaded by the driver, or for TLS
    from asyncio import AbstractEventLoop

    from .monitoring.monitor import Monitor
    from .tls.asyncio_acceptor import TLSAcceptor
    from .tls.certificates import Certificates

MIN_CLOSE_TIMEOUT: Final = 2.0  # seconds to record the rest, after a long drain
NO_PATH: Final = "its path would be too long, or others could write to its directory"


def run(
    config: Config,
    console: Dialect,
    make_gateway: GatewayFactory | None = None,
    approve: Approve = approve_all,
    load_config: LoadConfig | None = None,
) -> int:
    """Serve until a signal stops the server.

    *console* formats the chat for the server's own terminal, *make_gateway* makes the
    gateway of the page, *approve* is called before messages are deleted because a
    limit is smaller now, and *load_config* reads the configuration again.

    Returns the exit code: 0, or 1 if the journal failed and records nothing more.
    Raises `sockets.ListenError`, `socket_activation.ActivationError`,
    `tls.CertificateError`, `trace.TraceError` and `files.FileError`.
    """
    engine, serve = _load_driver(config)
    descriptors = raise_descriptor_limit()
    limits = config.limits(descriptors)
    trace = _open_trace(config, limits)
    certificates = _load_certificates(config.tls) if config.tls is not None else None
    notifier = notifier_of(os.environ)
    listeners = open_listeners(config, inherited_sockets(os.environ))
    with (
        event_log.logging_to_stderr(
            config.log_level, config.log_format, config.log_people
        ),
        _monitor(config, listeners.ops.all) as monitor,
    ):
        os.environ.pop(JOURNAL_STREAM, None)  # it is not for other programs
        storage = open_storage(config, approve)
        rules = config.rules(is_local=listeners.is_local)
        facts = _facts(
            config, engine, limits, listeners, storage.description, certificates, rules
        )
        tls = None
        if certificates is not None:
            tls = TLS(listeners.tls.all, certificates, max_handshakes(descriptors))
        runtime = Runtime(
            hub=Hub(limits, State(storage.state), rules=rules),
            recorder=storage.recorder,
            listeners=listeners.plain.all,
            recv_size=config.recv_size,
            announce=lambda: _accepting(facts, config, tls, notifier),
            console=console if config.show_chat else None,
            gateways=_gateways(facts, listeners, limits, rules, tls, make_gateway),
            tls=tls,
            trace=trace,
            monitor=monitor,
            drain=Drain(config.drain_timeout),
            notifier=notifier,
        )
        runtime.admin = _admin_service(config, runtime, listeners.chat_port)
        if load_config is not None:
            runtime.reloader = Reloader(
                runtime.hub,
                load_config,
                lambda config: config.limits(raise_descriptor_limit()),
                certificates,
                is_local=listeners.is_local,
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
    seconds = max(runtime.drain.left(time.monotonic()), MIN_CLOSE_TIMEOUT)
    if not runtime.recorder.close(seconds):
        log(logging.ERROR, "history.unclosed", seconds=round(seconds, 1))


def _monitor(
    config: Config, listeners: list[socket.socket]
) -> "AbstractContextManager[Monitor | None]":
    """Return what serves health checks and metrics, whose library is imported now."""
    if config.ops is None:
        return nullcontext()
    from .monitoring.exposition import Exposition  # noqa: PLC0415
    from .monitoring.monitor import Monitor  # noqa: PLC0415
    from .monitoring.versions import versions  # noqa: PLC0415

    hosts = AllowedHosts((config.ops.host, *config.ops.allowed))
    return Monitor(listeners, hosts, Exposition(versions(config.engine)))


def _admin_service(config: Config, runtime: Runtime, port: int) -> AdminService | None:
    """Open the admin socket. Without one, the server serves all the same."""
    if not hasattr(socket, "AF_UNIX"):
        return None
    path = socket_path(config.history, port, config.runtime_directory)
    if path is None:
        log(logging.WARNING, "admin.unavailable", reason=NO_PATH)
        return None
    try:
        listener = AdminListener(path)
    except AdminSocketError as exc:
        log(logging.WARNING, "admin.unavailable", reason=str(exc))
        return None
    process = ProcessActs(runtime, config.history)
    return AdminService(listener, runtime.hub, runtime.wall, runtime.read, process)


def _facts(
    config: Config,
    engine: str,
    limits: Limits,
    listeners: Listeners,
    history: str,
    certificates: "Certificates | None",
    rules: Rules,
) -> ServerFacts:
    """Return the facts for the banner of a server that is about to serve."""
    return ServerFacts(
        version=parlour.__version__,
        engine=engine,
        plain=listeners.plain.addresses,
        tls=listeners.tls.addresses,
        taken=listeners.taken,
        names=certificates.facts.names if certificates is not None else (),
        max_users=limits.max_users,
        wanted_users=config.max_users or MAX_USERS[config.engine],
        history=history,
        page=_page_facts(listeners, config.web) if config.web is not None else None,
        guests=rules.guests,
        guest_names=rules.guest_names,
        registration=rules.registration,
        ops=listeners.ops.addresses,
    )


def _page_facts(listeners: Listeners, web: Web) -> PageFacts | None:
    """Return where the page listens, if it does, and what its users may do."""
    plain, tls = listeners.page.addresses, listeners.page_tls.addresses
    if not plain.bound and not tls.bound:
        return None
    is_local = plain.is_local and tls.is_local
    return PageFacts(
        plain,
        tls,
        web.mode_for(is_local=is_local),
        is_fallback_port=listeners.is_fallback_port,
        proxied=web.proxied if is_local else (),
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
    listeners: Listeners,
    limits: Limits,
    rules: Rules,
    tls: TLS | None,
    make_gateway: GatewayFactory | None,
) -> Sequence[Gateway]:
    """Make the gateway of the page, if there is a page."""
    page = facts.page
    if page is None or make_gateway is None:
        return ()
    gateway = make_gateway(
        listeners.page.all,
        page.mode,
        max_pages=limits.max_pages,
        invitation=invitation(facts),
        set_up=set_up,
        network_of=limited_network,
        rules=rules,
        tls_listeners=listeners.page_tls.all,
        make_acceptor=_acceptor_factory(tls) if tls and page.tls.bound else None,
    )
    return (gateway,)


def _load_certificates(files: TLSFiles) -> "Certificates":
    """Load the pair in *files*. Raises `CertificateError`."""
    from .tls.certificates import Certificates, load_pair  # noqa: PLC0415

    return Certificates(load_pair(files.cert, files.key))


def _acceptor_factory(tls: TLS) -> "Callable[[AbstractEventLoop], TLSAcceptor]":
    """Return what accepts connections with TLS in the loop of a gateway."""
    from .tls.asyncio_acceptor import TLSAcceptor  # noqa: PLC0415
    from .tls.other_protocols import PAGE_ANSWER  # noqa: PLC0415

    return partial(TLSAcceptor, tls.certificates, PAGE_ANSWER, tls.max_handshakes)


def _accepting(
    facts: ServerFacts, config: Config, tls: TLS | None, notifier: Notifier
) -> None:
    """Tell the person, or the program, that started the server."""
    _announce(facts, config, tls)
    notifier.ready()


def _announce(facts: ServerFacts, config: Config, tls: TLS | None) -> None:
    """Show the banner, or log the events that replace it in a JSON log."""
    if config.log_format == "json":
        _log_listening(facts)
    else:
        event_log.show(banner(facts))
    for address in facts.taken:
        log(logging.WARNING, "localhost.taken", address=address)
    if tls is not None:
        from .tls.log_events import log_certificate  # noqa: PLC0415

        log_certificate(tls.certificates.facts, time.time())


def _log_listening(facts: ServerFacts) -> None:
    """Log where the server listens, and whether others reach it without TLS."""
    host, _, port = (*facts.plain.bound, *facts.tls.bound)[0].rpartition(":")
    event_log.log(
        logging.INFO,
        "listening",
        host=host.strip("[]"),
        port=int(port),
        addresses=" ".join(facts.plain.bound) or None,
        tls_addresses=" ".join(facts.tls.bound) or None,
        engine=facts.engine,
        max_users=facts.max_users,
        history=facts.history,
        page=next(iter(facts.page_urls), None),
        ops=facts.ops_url,
        version=facts.version,
    )
    if facts.unencrypted:
        addresses = " ".join(facts.unencrypted)
        event_log.log(logging.WARNING, "encryption.missing", addresses=addresses)
