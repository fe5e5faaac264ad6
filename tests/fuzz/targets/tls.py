"""The TLS of a connection, whose peer sends anything at any time.

The first byte says whether the handshake of a real client comes first. Then come steps
of three bytes: what to do, where, and with what.
"""

import ssl
from contextlib import suppress
from functools import cache
from typing import Final

from parlour.system.tls.stream import PIECE, TLSError, TLSStream
from tests.fuzz.target import Target
from tests.server.tls.pairs import localhost_pair
from tests.server.tls.peers import client_context

MAX_OUTPUT: Final = 64 << 10  # bytes: a handshake, its tickets and some alerts


@cache
def _contexts() -> tuple[ssl.SSLContext, ssl.SSLContext]:
    return localhost_pair().certificates.context, client_context()


class _Peer:
    """A client, whose bytes reach the server changed; and what the server reads."""

    def __init__(self) -> None:
        server, client = _contexts()
        self.stream = TLSStream(server)
        self._input, self._output = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = client.wrap_bio(
            self._input, self._output, server_hostname="localhost"
        )
        self.said = self.heard = b""
        self._written = 0

    def shake_hands(self) -> None:
        for _ in range(4):
            with suppress(ssl.SSLWantReadError):
                self._tls.do_handshake()
            self.send(self._output.read())

    def say(self, data: bytes) -> bytes:
        """Return *data* encrypted; nothing before the handshake is complete."""
        try:
            self._tls.write(data)
        except ssl.SSLError:
            return b""
        self.said += data
        return self._output.read()

    def send(self, data: bytes) -> None:
        """Send bytes to the server. Raises `TLSError`, as the server expects."""
        stream = self.stream
        if stream.is_established:
            self.heard += stream.decrypt(data)
        elif data and stream.shake_hands(data):
            self.heard += stream.decrypt()
        self._check()

    def _check(self) -> None:
        assert self.said.startswith(self.heard), "nothing is read that was not said"
        if self.stream.is_established:
            self.stream.encrypt(b"x" * (PIECE + 1))
        output = self.stream.take_output()
        self._input.write(output)
        self._written += len(output)
        assert self._written <= MAX_OUTPUT


def fuzz_tls(data: bytes) -> None:
    peer = _Peer()
    with suppress(TLSError):
        if data[:1] == b"h":
            peer.shake_hands()
            assert peer.stream.is_established
        _play(peer, data[1:])
    peer.stream.end()
    assert peer.said.startswith(peer.heard)


def _play(peer: _Peer, data: bytes) -> None:
    """Take the steps; a byte that begins none of them sends the rest as it is."""
    while data:
        kind, where, what = data[:1], data[1:2], data[2:3]
        if kind in b"scd" and what:
            sent = bytearray(peer.say(b"some words" * 20))
            at = where[0] % len(sent) if sent else 0
            if kind == b"c" and sent:  # change a byte
                sent[at] ^= what[0]
            elif kind == b"d":  # lose the end
                del sent[at:]
            peer.send(bytes(sent))
            data = data[3:]
        else:
            peer.send(data)
            return


TARGETS: Final = (
    Target(fuzz_tls, (b"h", b"\x16\x03\x01", b"\x17\x03\x03", b"\x15\x03\x03\x00\x02")),
)
