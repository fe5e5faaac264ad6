"""The server as a service of systemd, with a stand-in for that."""

import json
import signal
import socket
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise

import pytest

from tests.ipv6 import needs_ipv6

from .launch import ENGINES
from .sandbox import Sandbox
from .service_manager import ServiceManager, listener, start_service

pytestmark = pytest.mark.parametrize("engine", ENGINES)


@pytest.fixture(params=["path", "abstract"])
def manager(
    sandbox: Sandbox, request: pytest.FixtureRequest
) -> Iterator[ServiceManager]:
    with ServiceManager(sandbox, is_abstract=request.param == "abstract") as manager:
        yield manager


# -- notification --------------------------------------------------------------------


def test_a_server_is_ready_once_it_accepts_connections(
    sandbox: Sandbox, manager: ServiceManager, engine: str
) -> None:
    server = manager.start(engine)
    sandbox.join(server.port)
    server.stop()

    stopping = manager.expect("STOPPING=1").splitlines()
    assert manager.received[0] == "READY=1"
    assert stopping == [
        "STOPPING=1",
        "STATUS=shutting down",
        "EXTEND_TIMEOUT_USEC=25000000",
    ]


def test_the_status_tells_how_many_users_and_rooms_there_are(
    sandbox: Sandbox, manager: ServiceManager, engine: str
) -> None:
    server = manager.start(engine)
    manager.expect("STATUS=0 users, 1 room")
    with sandbox.join(server.port):
        manager.expect("STATUS=1 user, 1 room")
    assert "WATCHDOG=1" not in "".join(manager.received)
    server.stop()


def test_a_reload_is_framed_by_reloading_and_ready(
    manager: ServiceManager, engine: str
) -> None:
    server = manager.start(engine)
    before = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000

    server.program.signal(signal.SIGHUP)
    name, value = manager.expect("RELOADING=1").splitlines()[1].split("=")
    assert manager.expect("READY=1") == "READY=1"
    after = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000

    assert name == "MONOTONIC_USEC"
    assert before <= int(value) <= after
    server.stop()


def test_the_watchdog_hears_from_the_loop_at_most_twice_in_its_time(
    sandbox: Sandbox, manager: ServiceManager, engine: str
) -> None:
    sandbox.setenv("WATCHDOG_USEC", "400000")
    server = manager.start(engine)
    times = []
    for _ in range(6):
        manager.expect("WATCHDOG=1")
        times.append(time.monotonic())

    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert sum(gaps) / len(gaps) >= 0.18
    server.stop()


def test_the_watchdog_of_another_process_is_not_fed(
    sandbox: Sandbox, engine: str
) -> None:
    with ServiceManager(sandbox) as manager:
        sandbox.setenv("WATCHDOG_USEC", "100000")
        sandbox.setenv("WATCHDOG_PID", "1")
        program = sandbox.run_python(
            *("-m", "parlour", "serve", "--port", "0", "--engine", engine)
        )
        manager.expect("STATUS=0 users")
        program.signal(signal.SIGTERM)
        manager.expect("STOPPING=1")

        assert program.wait() == 0
        assert [each for each in manager.received if "WATCHDOG" in each] == []


def test_a_manager_that_is_gone_does_not_disturb_the_server(
    sandbox: Sandbox, engine: str
) -> None:
    with ServiceManager(sandbox) as manager:
        server = manager.start(engine)
    server.program.signal(signal.SIGHUP)

    server.program.err.expect("configuration.reloaded")
    sandbox.join(server.port)
    server.stop()


# -- socket activation ---------------------------------------------------------------


def joined(port: int) -> str:
    """Connect to a server, and return the first line that it sends."""
    with socket.create_connection(("127.0.0.1", port), 10) as sock:
        return sock.makefile().readline()


@pytest.mark.parametrize("is_nonblocking", [True, False])
def test_the_server_uses_the_socket_of_the_unit_and_binds_no_other(
    sandbox: Sandbox, engine: str, is_nonblocking: bool
) -> None:
    with listener(is_nonblocking=is_nonblocking) as chat, listener() as other:
        port, taken = chat.getsockname()[1], other.getsockname()[1]
        server = start_service(
            sandbox, engine, "--port", f"{taken}", "--history", "memory",
            sockets={"chat": chat},
        )  # fmt: skip
        first = json.loads(server.err.expect('"listening"'))
        with sandbox.join(port) as peer:
            peer.send_messages("hi")
            peer.expect("hi")

        assert (first["host"], first["port"]) == ("127.0.0.1", port)
        assert server.stop() == 0


@needs_ipv6
def test_the_server_takes_the_other_address_of_the_socket_too(
    sandbox: Sandbox, engine: str
) -> None:
    with listener() as chat:
        port = chat.getsockname()[1]
        server = start_service(sandbox, engine, sockets={"chat": chat})
        server.err.expect('"listening"')
        socket.create_connection(("::1", port), 10).close()

        assert server.stop() == 0


def test_connections_wait_in_the_socket_while_the_server_restarts(
    sandbox: Sandbox, engine: str
) -> None:
    with listener() as chat:
        port = chat.getsockname()[1]
        server = start_service(sandbox, engine, sockets={"chat": chat})
        server.err.expect('"listening"')
        sandbox.join(port)
        assert server.stop() == 0
        waiting = sandbox.connect(port)
        server = start_service(sandbox, engine, sockets={"chat": chat})

        waiting.expect(f"{waiting.name} has entered the chat")
        assert server.stop() == 0


def test_the_page_uses_its_own_socket(sandbox: Sandbox, engine: str) -> None:
    with listener() as chat, listener() as web:
        address = f"http://127.0.0.1:{web.getsockname()[1]}/"
        server = start_service(
            sandbox, engine, "--web-port", "1", sockets={"chat": chat, "web": web}
        )
        assert json.loads(server.err.expect('"listening"'))["page"] == address
        with closing(urllib.request.urlopen(address, timeout=10)) as response:
            assert response.status == 200

        assert server.stop() == 0


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("web", "there is a socket web, but no web-port: set web-port, to any port"),
        (
            "tea",
            "no use for a socket named tea: set FileDescriptorName to one of chat, tls",
        ),
    ],
)
def test_a_socket_that_the_server_cannot_use_is_an_error_of_the_configuration(
    sandbox: Sandbox, engine: str, name: str, reason: str
) -> None:
    with listener() as sock:
        server = start_service(sandbox, engine, sockets={name: sock})

        assert server.wait() == 78
    assert server.err.text.startswith(f"parlour: {reason}")


def test_a_socket_that_does_not_listen_is_an_error_of_the_configuration(
    sandbox: Sandbox, engine: str
) -> None:
    with socket.socket(socket.AF_UNIX) as sock:
        server = start_service(sandbox, engine, sockets={"chat": sock})

        assert server.wait() == 78
    assert "the socket chat does not listen for TCP" in server.err.text


def test_sockets_of_another_process_are_not_used(sandbox: Sandbox, engine: str) -> None:
    sandbox.setenv("LISTEN_PID", "1")
    sandbox.setenv("LISTEN_FDS", "1")
    server = sandbox.run_python(
        *("-m", "parlour", "serve", "--port", "0", "--engine", engine)
    )

    server.err.expect("listens on 127.0.0.1:")
    assert server.stop() == 0


# -- the journal ---------------------------------------------------------------------


def test_lines_for_the_journal_have_priorities(sandbox: Sandbox, engine: str) -> None:
    sandbox.setenv("PARLOUR_LOG_LEVEL", "debug")
    server = start_service(sandbox, engine, "--log-format", "text", in_journal=True)
    port = int(server.err.expect("listens on").split(" (")[0].rpartition(":")[2])
    with sandbox.join(port):
        pass
    server.err.expect("session.closed")
    server.signal(signal.SIGHUP)
    server.err.expect("configuration.reloaded")

    assert server.stop() == 0
    priorities = {
        line.split()[2] if " listens " not in line else "banner": line[:3]
        for line in server.err.lines
    }
    assert priorities["banner"] == "<6>"
    assert priorities["session.opened"] == "<7>"
    assert priorities["session.closed"] == "<6>"
    assert {line[:3] for line in server.err.lines} <= {"<7>", "<6>", "<4>"}


def test_lines_elsewhere_have_no_priorities(sandbox: Sandbox, engine: str) -> None:
    sandbox.setenv("JOURNAL_STREAM", "1:1")
    server = start_service(sandbox, engine)
    first = server.err.expect('"listening"')

    assert first.startswith('{"event"')
    assert server.stop() == 0
