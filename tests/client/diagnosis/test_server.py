"""A diagnosis says what is wrong with a server, whatever that sends."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from parlour.client.diagnosis import greeting, session
from parlour.client.diagnosis.encryption import Encryption
from parlour.client.diagnosis.findings import Level
from parlour.client.diagnosis.server import Target, diagnose
from parlour.server.proxy_protocol.refused import ANSWER
from tests.server.tls.pairs import make_pair

PATIENCE = 0.3  # seconds
ROUNDS = 3  # connections that a fake server accepts at most

Behaviour = Callable[[socket.socket], None]


@contextmanager
def serving(behave: Behaviour) -> Iterator[int]:
    """Serve on a free port, whose connections *behave* handles in turn."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=accept, args=(listener, behave))
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def accept(listener: socket.socket, behave: Behaviour) -> None:
    with suppress(OSError):
        for _ in range(ROUNDS):
            connection, _ = listener.accept()
            with connection:
                connection.settimeout(5)
                behave(connection)


def found(behave: Behaviour) -> list[tuple[str, str, str]]:
    """Return level, step and text of the findings about the hello, and the advice."""
    with serving(behave) as port:
        target = Target("127.0.0.1", port, patience=PATIENCE)
        return [
            (each.level.value, each.text, each.advice)
            for each in diagnose(target)
            if each.step == "hello"
        ]


def sending(data: bytes, *, ends: bool = True) -> Behaviour:
    """Return a behaviour: read the hello, send *data*, and close unless not *ends*."""

    def behave(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(data)
        while not ends and connection.recv(4096):
            pass

    return behave


WELCOME = b'{"type":"welcome","data":{"version":1,"server":"x/1"}}\n'


def notice(text: str) -> bytes:
    data = {"source": "[Server]", "message": text}
    return json.dumps({"type": "message", "data": data}).encode() + b"\n"


def bye(code: str, reason: str) -> bytes:
    data = {"code": code, "reason": reason}
    return json.dumps({"type": "bye", "data": data}).encode() + b"\n"


@pytest.mark.parametrize(
    ("data", "text", "advice"),
    [
        (
            b"HTTP/1.1 400 Bad Request\r\n\r\n",
            "the server speaks HTTP, not the protocol of this chat",
            "use the port of the chat, 5555 by default",
        ),
        (
            b"SSH-2.0-OpenSSH_9.2\r\n",
            "the server speaks SSH, not the protocol of this chat",
            "use the port of the chat, 5555 by default",
        ),
        (
            b"\x15\x03\x01\x00\x02\x02\x46",
            "the server speaks TLS at this port",
            "use --tls",
        ),
        (
            notice("this port is for TLS, and the connection is not encrypted"),
            "the port is for TLS",
            "use --tls, or the port without it",
        ),
        (
            b"220 mail\x1b[2J\r\n",
            r"the server sends what is not a line of the chat: '220 mail\x1b[2J'",
            "check the host and the port",
        ),
        (
            bye("banned", "you are banned: noise"),
            "rejected: you are banned: noise",
            "ask the operator of the server",
        ),
        (
            bye("server_full", "the server is full"),
            "rejected: the server is full",
            "try again later, or ask the operator to raise max-users",
        ),
        (
            notice("the server is full"),
            "rejected: the server is full",
            "try again later, or ask the operator to raise max-users",
        ),
        (
            ANSWER,
            (
                "rejected: connections from your address must come through a proxy "
                "that sends a PROXY header"
            ),
            "connect through the proxy, or from another address",
        ),
        (
            notice("your address has 256 connections here, the most allowed"),
            "rejected: your address has 256 connections here, the most allowed",
            "close other connections from this address",
        ),
        (
            b"",
            "the server closes each connection and says nothing",
            "ask the operator whether your address is banned, or try --tls",
        ),
        (
            notice("Bob has entered the chat"),
            "the server closes each connection and gives no reason",
            "ask the operator whether your address is banned, or try --tls",
        ),
    ],
)
def test_a_server_that_cannot_be_used_is_an_error(
    data: bytes, text: str, advice: str
) -> None:
    assert found(sending(data)) == [("error", text, advice)]


def test_a_silent_server_is_an_error() -> None:
    assert found(sending(b"", ends=False)) == [
        (
            "error",
            "the server accepts the connection, and sends nothing",
            "check the port, and whether it is one for TLS (--tls)",
        )
    ]


@pytest.mark.parametrize("first", [b"", WELCOME])
def test_a_server_that_says_something_else_without_end_is_left(
    first: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "ANSWER_TIMEOUT", PATIENCE)

    def behave(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(first)
        with suppress(OSError):
            while True:
                connection.settimeout(0.01)
                with suppress(TimeoutError):
                    if not connection.recv(4096):
                        return
                connection.sendall(b"\n")

    with serving(behave) as port:
        target = Target("127.0.0.1", port, patience=PATIENCE)
        findings = list(diagnose(target))

    assert Level.ERROR in [each.level for each in findings]


def test_a_server_that_closes_the_connection_later_has_said_why() -> None:
    with serving(sending(WELCOME + bye("banned", "you are banned: noise"))) as port:
        *_, last = diagnose(Target("127.0.0.1", port, patience=PATIENCE))

    assert (last.step, last.text, last.advice) == (
        "round trip",
        "the server closed the connection: you are banned: noise",
        "ask the operator of the server",
    )


PING = b'{"type":"ping","data":{"token":"7"}}\n'
TRY_LATER = "try again later, or ask the operator of the server"


@pytest.mark.parametrize("ends", [True, False])
@pytest.mark.parametrize("first", [b"", notice("Bob has entered the chat")])
def test_a_server_that_sends_pings_and_no_welcome_is_busy(
    first: bytes, ends: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(greeting, "SESSION_TIMEOUT", PATIENCE)
    busy = sending(first + PING, ends=ends)

    assert found(busy) == [
        ("error", "the server is busy: it sends pings and no welcome", TRY_LATER)
    ]


def test_a_server_that_sends_pings_gets_more_time_for_its_welcome(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(greeting, "PLAIN_TIMEOUT", 0.0)
    answers = []

    def behave(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(PING + notice("Bob has entered the chat"))
        answers.append(connection.recv(4096))
        connection.settimeout(2 * PATIENCE)
        with suppress(TimeoutError):
            connection.recv(4096)
        connection.sendall(WELCOME)

    (finding,) = found(behave)

    assert finding == (
        "warning",
        (
            "the session dialect, version 1, from x/1; the server is busy, and has "
            "sent pings before its welcome"
        ),
        TRY_LATER,
    )
    assert [json.loads(each) for each in answers] == [
        {"type": "pong", "data": {"token": "7"}}
    ]


def test_a_certificate_is_the_finding_if_the_server_is_gone_afterwards(
    tmp_path: Path,
) -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    context = make_pair(tmp_path).certificates.context

    def serve_once() -> None:
        connection, _ = listener.accept()
        listener.close()  # nobody can ask for the fingerprint again
        with connection, suppress(OSError):
            context.wrap_socket(connection, server_side=True).close()

    thread = threading.Thread(target=serve_once)
    thread.start()
    target = Target("127.0.0.1", listener.getsockname()[1], Encryption())
    *_, last = diagnose(target)
    thread.join()

    assert (last.level, last.step) == (Level.ERROR, "certificate")
    assert last.text == "not trusted: no authority has signed its certificate"


PLAIN = ("ok", "speaks the assignment's protocol, without the session dialect", "")


def test_a_server_of_the_assignment_is_recognised_by_its_notice() -> None:
    entered = notice("127.0.0.1:5 has entered the chat")

    assert found(sending(entered, ends=False)) == [PLAIN]


def test_a_server_that_announces_nobody_is_recognised_by_its_answer() -> None:
    def behave(connection: socket.socket) -> None:
        while data := connection.recv(4096):
            if b'"users"' in data:
                connection.sendall(notice("127.0.0.1:5"))

    assert found(behave) == [PLAIN]


def test_a_server_that_closes_after_hello_is_asked_without_one() -> None:
    def behave(connection: socket.socket) -> None:
        connection.sendall(notice("127.0.0.1:5 has entered the chat"))
        connection.settimeout(5)
        while (data := connection.recv(4096)) and b"hello" not in data:
            pass

    assert found(behave) == [PLAIN]


def test_a_name_without_an_address_is_an_error() -> None:
    (finding,) = diagnose(Target("no..name", 5555))

    assert finding.level is Level.ERROR
    assert finding.text == "cannot find no..name: it is not a host name"
    assert finding.advice == "check the spelling, and the resolver of this machine"


def test_an_address_where_nobody_listens_is_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    *_, finding = diagnose(Target("127.0.0.1", port))

    assert finding == (
        Level.ERROR,
        "connect 127.0.0.1",
        "connection refused",
        "check the host and the port, and whether the server runs",
    )


def test_an_address_that_cannot_be_reached_is_a_warning_if_another_one_can() -> None:
    """`localhost` is both addresses of this machine."""
    with serving(sending(b"HTTP/1.1 400 Bad Request\r\n")) as port:
        *_, finding = diagnose(Target("localhost", port, patience=PATIENCE))

    assert finding.level is Level.WARNING
    assert finding.step == "connect ::1"
