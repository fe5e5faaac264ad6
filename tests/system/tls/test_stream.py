"""TLS between bytes and lines, without sockets."""

import ssl
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parlour.server.tls.certificates import server_context
from parlour.system.tls.stream import PIECE, NotTLSError, TLSError, TLSStream
from tests.server.tls.pairs import localhost_pair
from tests.server.tls.peers import client_context

SERVER = localhost_pair().certificates.context


class Client:
    """The client's side of a connection, also without sockets."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self._input, self._output = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = (context or client_context()).wrap_bio(
            self._input, self._output, server_hostname="localhost"
        )

    def shake_hands(self, stream: TLSStream) -> None:
        while not stream.is_established:
            with suppress(ssl.SSLWantReadError):
                self.tls.do_handshake()
            stream.shake_hands(self.take())
            self._input.write(stream.take_output())

    def take(self) -> bytes:
        """Return the bytes for the server."""
        return self._output.read()

    def encrypt(self, data: bytes) -> bytes:
        self.tls.write(data)
        return self.take()

    def decrypt(self, data: bytes) -> bytes:
        """Return the plaintext of *data*, and ``!`` at the server's close_notify."""
        self._input.write(data)
        plain = b""
        try:
            while part := self.tls.read(65_536):
                plain += part
        except ssl.SSLWantReadError:
            return plain
        except ssl.SSLZeroReturnError:
            pass
        return plain + b"!"

    def end(self) -> bytes:
        with suppress(ssl.SSLError):
            self.tls.unwrap()
        return self.take()


def connected(context: ssl.SSLContext = SERVER) -> tuple[TLSStream, Client]:
    stream, client = TLSStream(context), Client()
    client.shake_hands(stream)
    return stream, client


@given(
    texts=st.lists(st.binary(min_size=1, max_size=20_000), max_size=5),
    size=st.integers(1, 30_000),
)
@settings(max_examples=30, deadline=None)
def test_plaintext_is_the_same_for_any_fragmentation(
    texts: list[bytes], size: int
) -> None:
    stream, client = connected()
    sent = b"".join(client.encrypt(text) for text in texts)
    received = [
        stream.decrypt(sent[at : at + size]) for at in range(0, len(sent), size)
    ]

    assert b"".join(received) == b"".join(texts)
    assert not stream.has_peer_ended


@pytest.mark.parametrize("size", [0, 1, PIECE, PIECE + 1, 300_000])
def test_what_is_encrypted_arrives(size: int) -> None:
    stream, client = connected()

    assert client.decrypt(stream.encrypt(b"x" * size)) == b"x" * size


def test_a_handshake_byte_by_byte_completes() -> None:
    stream, client = TLSStream(SERVER), Client()
    with suppress(ssl.SSLWantReadError):
        client.tls.do_handshake()
    for byte in client.take():
        assert not stream.shake_hands(bytes([byte]))
    client.decrypt(stream.take_output())
    complete = [stream.shake_hands(bytes([byte])) for byte in client.take()]

    assert complete.index(True) == len(complete) - 1


def test_lines_that_follow_the_handshake_at_once_are_decrypted() -> None:
    stream, client = TLSStream(SERVER), Client()
    with suppress(ssl.SSLWantReadError):
        client.tls.do_handshake()
    stream.shake_hands(client.take())
    client.decrypt(stream.take_output())
    stream.shake_hands(client.take() + client.encrypt(b"first line\n"))

    assert stream.decrypt() == b"first line\n"


@pytest.mark.parametrize(
    "data", [b"GET / HTTP/1.1\r\n", b'{"type":"message"}\n', b"\0"]
)
def test_another_protocol_is_recognised_by_its_first_byte(data: bytes) -> None:
    with pytest.raises(NotTLSError):
        TLSStream(SERVER).shake_hands(data)


def test_a_broken_handshake_is_answered_with_an_alert() -> None:
    stream = TLSStream(SERVER)
    with pytest.raises(TLSError):
        stream.shake_hands(b"\x16\x03\x01\x00\x05" + b"x" * 5)

    assert stream.take_output()[:1] == b"\x15"  # RFC 8446, 5.1: an alert


def test_a_changed_record_is_an_error() -> None:
    stream, client = connected()
    record = bytearray(client.encrypt(b"pay 10 ducats\n"))
    record[-1] ^= 1

    with pytest.raises(TLSError):
        stream.decrypt(bytes(record))


def test_a_peer_that_has_ended_still_receives() -> None:
    stream, client = connected()
    assert stream.decrypt(client.encrypt(b"question\n") + client.end()) == b"question\n"
    answer = client.decrypt(stream.encrypt(b"answer\n"))
    last = client.decrypt(stream.end())

    assert stream.has_peer_ended
    assert answer == b"answer\n"
    assert last == b"!"


def test_what_follows_a_close_notify_is_ignored() -> None:
    stream, client = connected()
    data = client.end()

    assert stream.decrypt(data + b"\x17\x03\x03\x00\x05forged") == b""
    assert stream.has_peer_ended


def test_the_server_ends_before_the_peer() -> None:
    stream, client = connected()

    assert client.decrypt(stream.encrypt(b"bye\n") + stream.end()) == b"bye\n!"
    assert not stream.has_peer_ended


def test_nothing_can_be_encrypted_after_the_end() -> None:
    stream, _ = connected()
    stream.end()

    with pytest.raises(TLSError):
        stream.encrypt(b"too late\n")


def test_tls_1_1_is_refused() -> None:
    context = client_context()
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    stream, client = TLSStream(SERVER), Client(context)

    with pytest.raises(TLSError, match="protocol"):
        client.shake_hands(stream)


def test_a_server_has_tls_1_2_and_newer_without_compression_or_renegotiation() -> None:
    context = server_context()

    assert context.minimum_version is ssl.TLSVersion.TLSv1_2
    assert context.options & ssl.OP_NO_COMPRESSION
    assert context.options & ssl.OP_NO_RENEGOTIATION
    assert context.num_tickets == 1
