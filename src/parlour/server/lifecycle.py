"""The lifecycle of a server, from its configuration to its shutdown."""

import logging
import os
import signal
import time
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Final

from parlour.core.hub import Hub
from parlour.core.limits import Limits
from parlour.core.ports import Gateway
from parlour.core.protocol.dialect import Dialect
from parlour.core.rules import Rules
from parlour.core.state.state import State
from parlour.system.memory_arenas import use_one_arena
from parlour.system.resource_limits import raise_descriptor_limit

from . import event_log
from .addresses import limited_network
from .admin_socket.opening import open_admin_service
from .announcement import Announcement, server_facts
from .banner import ServerFacts, invitation
from .config import Config
from .drain import Drain
from .driver_contract import GatewayFactory
from .drivers import Serve, load_driver
from .event_log import log
from .listeners import Listeners, open_listeners
from .monitoring.opening import open_monitor
from .passwords import CLOSE_TIMEOUT as PASSWORD_CLOSE_TIMEOUT
from .proxy_protocol.listening import trusted_proxies
from .reloading import LoadConfig, Reloader
from .runtime import Runtime
from .sockets import set_up
from .storage import Approve, approve_all, open_storage
from .systemd.journal_stream import VARIABLE as JOURNAL_STREAM
from .systemd.notification import notifier_of
from .systemd.socket_activation import inherited_sockets
from .tls.listening import TLS, open_tls
from .trace import open_trace

MIN_CLOSE_TIMEOUT: Final = 2.0  # seconds to record the rest, after a long drain


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
    if config.engine == "threads":
        use_one_arena()  # before any thread has another one
    engine, serve = load_driver(config.engine)
    descriptors = raise_descriptor_limit()
    limits = config.limits(descriptors)
    trace = open_trace(config, limits.max_line)
    notifier = notifier_of(os.environ)
    listeners = open_listeners(config, inherited_sockets(os.environ))
    tls = open_tls(config.tls, listeners.tls.all, descriptors)
    with (
        event_log.logging_to_stderr(
            config.log_level, config.log_format, config.log_people
        ),
        open_monitor(config, listeners.ops.all) as monitor,
    ):
        os.environ.pop(JOURNAL_STREAM, None)  # it is not for other programs
        storage = open_storage(config, approve)
        rules = config.rules(is_local=listeners.is_local)
        facts = server_facts(
            config, engine, limits, listeners, storage.description, tls, rules
        )
        runtime = Runtime(
            hub=Hub(limits, State(storage.state), rules=rules),
            recorder=storage.recorder,
            listeners=listeners.plain.all,
            recv_size=config.recv_size,
            announce=Announcement(facts, config.log_format, tls, notifier),
            console=console if config.show_chat else None,
            gateways=_gateways(facts, listeners, limits, rules, tls, make_gateway),
            tls=tls,
            proxies=trusted_proxies(config, descriptors),
            trace=trace,
            monitor=monitor,
            drain=Drain(config.drain_timeout),
            notifier=notifier,
        )
        runtime.admin = open_admin_service(config, runtime, listeners.chat_port)
        if load_config is not None:
            runtime.reloader = Reloader(
                runtime.hub,
                load_config,
                lambda config: config.limits(raise_descriptor_limit()),
                tls.certificates if tls is not None else None,
                is_local=listeners.is_local,
            )
        serve_and_close(serve, runtime)
    return 0 if runtime.failure is None else 1


def serve_and_close(serve: Serve, runtime: Runtime) -> None:
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


def _exit_on_signals() -> None:
    """Make further signals end the process at once."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _: os._exit(128 + number))
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # the system may send it on its own


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
        make_acceptor=tls.page_acceptor if tls and page.tls.bound else None,
    )
    return (gateway,)
