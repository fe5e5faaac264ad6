"""The client connects with TLS to the server that the user trusts, and to no other."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

from parlour.client.io import tls_handshake
from parlour.client.io.connecting import Unreachable, Untrusted
from parlour.client.io.known_hosts import KnownHosts
from parlour.client.io.origins import AUTHORITY, pinned
from parlour.client.io.secure_server import SecureServer
from parlour.client.io.tls_handshake import CannotVerifyError
from tests.client.client_process import TIMEOUT
from tests.server.tls.pairs import (
    Pair,
    localhost_pair,
    make_expired_pair,
    make_pair,
)

OTHER = ":".join(["AB"] * 32)


@pytest.fixture(autouse=True)
def no_authorities(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "none.pem").touch()
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))


@pytest.fixture
def known(tmp_path: Path) -> KnownHosts:
    return KnownHosts(tmp_path / "state" / "known_hosts")


def answering(answer: Callable[[socket.socket], object]) -> Iterator[int]:
    """Yield the port of a server that calls *answer* for each connection."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError), ExitStack() as peers:
            while True:
                sock = peers.enter_context(listener.accept()[0])
                sock.settimeout(TIMEOUT)
                with suppress(OSError):
                    answer(sock)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(TIMEOUT)


@contextmanager
def tls_server(*pairs: Pair) -> Iterator[int]:
    """Yield the port of a server with TLS; each connection gets the next pair."""
    contexts = [pair.certificates.context for pair in pairs]

    def answer(sock: socket.socket) -> None:
        context = contexts.pop(0) if len(contexts) > 1 else contexts[0]
        with context.wrap_socket(sock, server_side=True) as tls:
            tls.recv(1)

    yield from answering(answer)


@contextmanager
def other_server(answer: Callable[[socket.socket], object]) -> Iterator[int]:
    yield from answering(answer)


class Asked:
    """The user, who gives one *answer*, or has no terminal."""

    def __init__(self, answer: bool | None = None) -> None:
        self._answer = answer
        self.questions: list[str] = []

    def __call__(self, question: str) -> bool | None:
        self.questions.append(question)
        return self._answer


def server_at(
    port: int,
    *,
    host: str = "127.0.0.1",
    ca: Path | None = None,
    fingerprint: str | None = None,
    known: KnownHosts | None = None,
    ask: Asked | None = None,
) -> SecureServer:
    return SecureServer(
        host,
        port,
        ca=ca,
        fingerprint=fingerprint,
        known=known,
        ask=ask or Asked(),
    )


def fingerprint(pair: Pair) -> str:
    return pair.certificates.facts.fingerprint


def refusal(server: SecureServer) -> str:
    with pytest.raises(Untrusted) as caught:
        server.connect()
    return str(caught.value)


def test_the_authorities_of_a_file_are_trusted() -> None:
    with tls_server(localhost_pair()) as port:
        server = server_at(port, ca=localhost_pair().cert)
        transport = server.connect()
        transport.close()

    assert transport.origin == AUTHORITY
    assert transport.tls_version == "TLSv1.3"
    assert transport.is_secure


def test_the_authorities_of_the_system_are_trusted_and_nothing_is_remembered(
    monkeypatch: pytest.MonkeyPatch, known: KnownHosts
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(localhost_pair().cert))
    asked = Asked()
    with tls_server(localhost_pair()) as port:
        transport = server_at(port, known=known, ask=asked).connect()
        transport.close()

    assert transport.origin == AUTHORITY
    assert known.all() == []
    assert asked.questions == []


def test_a_certificate_for_another_name_is_refused(tmp_path: Path) -> None:
    pair = make_pair(tmp_path, "other", names=["DNS:chat.example.org"])
    with tls_server(pair) as port:
        message = refusal(server_at(port, ca=pair.cert))

    assert message.endswith("nothing was sent: its certificate is for another name")


def test_an_expired_certificate_is_refused(tmp_path: Path) -> None:
    pair = make_expired_pair(tmp_path)
    with tls_server(pair) as port:
        message = refusal(server_at(port, ca=pair.cert))

    assert message.endswith("nothing was sent: its certificate has expired")


def test_a_certificate_of_an_unknown_authority_is_refused(tmp_path: Path) -> None:
    pair = make_pair(tmp_path, "stranger")
    with tls_server(pair) as port:
        message = refusal(server_at(port, ca=localhost_pair().cert))

    assert message.endswith("no authority has signed its certificate")


def test_only_the_certificate_with_the_fingerprint_is_trusted() -> None:
    pair = localhost_pair()
    with tls_server(pair) as port:
        transport = server_at(port, fingerprint=fingerprint(pair)).connect()
        transport.close()
        message = refusal(server_at(port, fingerprint=OTHER))

    assert transport.origin == pinned(fingerprint(pair))
    assert f"expected: {OTHER}\nreceived: {fingerprint(pair)}" in message
    assert "forget" not in message


def test_the_user_is_asked_once_and_the_answer_is_remembered(
    known: KnownHosts,
) -> None:
    pair, asked = localhost_pair(), Asked(answer=True)
    with tls_server(pair) as port:
        first = server_at(port, known=known, ask=asked).connect()
        first.close()
        second = server_at(port, known=known, ask=asked).connect()
        second.close()

    [question] = asked.questions
    assert fingerprint(pair)[:48] in question
    assert fingerprint(pair)[48:] in question
    assert "localhost, 127.0.0.1" in question
    assert first.origin == second.origin == pinned(fingerprint(pair))
    assert known.find(f"127.0.0.1:{port}") == fingerprint(pair)


def test_nothing_is_remembered_if_the_user_says_no(known: KnownHosts) -> None:
    with tls_server(localhost_pair()) as port:
        message = refusal(server_at(port, known=known, ask=Asked(answer=False)))

    assert message == f"127.0.0.1:{port} is not trusted, so nothing was sent"
    assert known.all() == []


def test_without_a_terminal_the_refusal_has_the_option(known: KnownHosts) -> None:
    with tls_server(localhost_pair()) as port:
        message = refusal(server_at(port, known=known))

    assert message.endswith(f"use: --fingerprint {fingerprint(localhost_pair())}")
    assert known.all() == []


def test_a_changed_certificate_is_refused_with_both_fingerprints(
    known: KnownHosts, tmp_path: Path
) -> None:
    asked, new = Asked(answer=True), make_pair(tmp_path, "new")
    with tls_server(new) as port:
        known.remember(f"127.0.0.1:{port}", OTHER)
        message = refusal(server_at(port, known=known, ask=asked))

    assert f"expected: {OTHER}\nreceived: {fingerprint(new)}" in message
    assert message.endswith(f"first run: parlour hosts forget 127.0.0.1 {port}")
    assert asked.questions == []
    assert known.find(f"127.0.0.1:{port}") == OTHER


def test_a_known_server_is_forgotten_once_an_authority_vouches_for_it(
    monkeypatch: pytest.MonkeyPatch, known: KnownHosts
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(localhost_pair().cert))
    with tls_server(localhost_pair()) as port:
        known.remember(f"127.0.0.1:{port}", OTHER)
        transport = server_at(port, known=known).connect()
        transport.close()

    assert transport.origin == AUTHORITY
    assert known.all() == []


def test_a_server_is_the_same_on_each_connection(
    known: KnownHosts, tmp_path: Path
) -> None:
    pair, new, asked = localhost_pair(), make_pair(tmp_path, "new"), Asked(answer=True)
    with tls_server(pair, pair, pair, new) as port:
        server = server_at(port, known=known, ask=asked)
        server.connect().close()
        message = refusal(server)

    assert f"received: {fingerprint(new)}" in message
    assert len(asked.questions) == 1


@pytest.mark.parametrize("origin", [AUTHORITY, pinned(OTHER)])
def test_stored_keys_are_for_a_server_with_the_same_origin(
    known: KnownHosts, origin: str
) -> None:
    asked = Asked(answer=True)
    with tls_server(localhost_pair()) as port:
        server = server_at(port, known=known, ask=asked)
        server.origin = origin
        refusal(server)

    assert asked.questions == []
    assert known.all() == []


def test_a_file_without_authorities_is_an_error(tmp_path: Path) -> None:
    for path in (tmp_path / "missing.pem", tmp_path / "none.pem"):
        with pytest.raises(CannotVerifyError, match=str(path)):
            server_at(1, ca=path)


def silent(sock: socket.socket) -> None:
    while sock.recv(4096):
        pass


def plain(sock: socket.socket) -> None:
    sock.sendall(b'{"type":"message"}\n')
    silent(sock)


def absent(sock: socket.socket) -> None:
    sock.recv(4096)
    sock.shutdown(socket.SHUT_RDWR)


def alerting(sock: socket.socket) -> None:
    sock.sendall(b"\x15\x03\x03\x00\x02\x02\x28")
    silent(sock)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (silent, "no answer within 0 s"),
        (plain, "the server does not speak TLS"),
        (absent, "the server has closed the connection"),
        (alerting, "handshake failure"),
    ],
)
def test_a_handshake_that_fails_is_explained(
    monkeypatch: pytest.MonkeyPatch,
    answer: Callable[[socket.socket], object],
    reason: str,
) -> None:
    if answer is silent:
        monkeypatch.setattr(tls_handshake, "HANDSHAKE_TIMEOUT", 0.2)
        monkeypatch.setattr("parlour.client.io.secure_server.HANDSHAKE_TIMEOUT", 0.2)
    with other_server(answer) as port, pytest.raises(Unreachable) as caught:
        server_at(port, fingerprint=OTHER).connect()

    assert not isinstance(caught.value, Untrusted)
    assert reason in str(caught.value)


def test_an_old_version_of_tls_is_refused() -> None:
    context = localhost_pair().certificates.context
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.maximum_version = ssl.TLSVersion.TLSv1_1

    def answer(sock: socket.socket) -> None:
        with context.wrap_socket(sock, server_side=True):
            pass

    with other_server(answer) as port, pytest.raises(Unreachable, match="with TLS: "):
        server_at(port, fingerprint=OTHER).connect()


def test_the_name_of_the_server_is_sent() -> None:
    names: list[str | None] = []
    context = localhost_pair().certificates.context
    context.sni_callback = lambda _, name, __: names.append(name)

    def answer(sock: socket.socket) -> None:
        with context.wrap_socket(sock, server_side=True) as tls:
            tls.recv(1)

    with other_server(answer) as port:
        server_at(port, host="localhost", ca=localhost_pair().cert).connect().close()

    assert names == ["localhost"]
