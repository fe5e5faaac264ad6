"""A stand-in for the authors' early server, which used Twisted.

It echoes messages to their sender and announces a join to the peer that joined, too,
but never answers ``history`` and ``users``. It disconnects a peer whose line is longer
than 16,384 bytes, or is not an object with a type, or that shuts down its sending side.
It relays names and texts unchecked, strings or not. With ``--alone`` it closes each
connection after the first at once, without sending anything.

    python3 twisted_server.py [--alone]
"""

import asyncio
import json
import sys
from typing import ClassVar

MAX_LENGTH = 16_384  # bytes


class Chat(asyncio.Protocol):
    """One peer of the chat."""

    peers: ClassVar[dict["Chat", asyncio.WriteTransport]] = {}

    def __init__(self) -> None:
        self.name: object = None
        self.partial = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        if self.peers and "--alone" in sys.argv:
            print("rejected a connection", flush=True)
            transport.close()
            return
        host, port = transport.get_extra_info("peername")
        self.name = f"{host}:{port}"
        self.peers[self] = transport
        print("joined", self.name, flush=True)
        self.send("[Server]", f"{self.name} has entered the chat")

    def data_received(self, data: bytes) -> None:
        *lines, self.partial = (self.partial + data).split(b"\n")
        for line in lines:
            if self in self.peers:
                self.process(line)
        if len(self.partial) > MAX_LENGTH:
            self.disconnect()

    def process(self, line: bytes) -> None:
        print("got", line, flush=True)
        try:
            message = json.loads(line)
            kind = message["type"]
        except (ValueError, TypeError, KeyError):
            kind = None
        if kind is None or len(line) > MAX_LENGTH:
            self.disconnect()
        elif kind == "message":
            self.send(self.name, message["data"])
        elif kind == "set-name":
            old, self.name = self.name, message["data"]
            self.send("[Server]", f"{old} renamed to {self.name}")

    def send(self, source: object, text: object) -> None:
        data = {"source": source, "message": text}
        line = json.dumps({"type": "message", "data": data}).encode() + b"\n"
        for transport in self.peers.values():
            transport.write(line)

    def disconnect(self) -> None:
        print("disconnected a peer", flush=True)
        self.peers.pop(self).close()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's
        if self.peers.pop(self, None):
            self.send("[Server]", f"{self.name} has left the chat")


async def serve() -> None:
    """Serve on a free port, and print it."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Chat, "127.0.0.1", 0)
    print("listening on", server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve())
