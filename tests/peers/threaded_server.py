"""A stand-in for the authors' threaded test server.

It echoes messages to their sender and announces a join to the peer that joined, too.
It disconnects a peer at the first raw non-ASCII byte, at an empty line, at ``{}`` and
at invalid JSON, and when the peer shuts down its sending side. It does not limit the
length of a line. It answers ``history`` with one line: the `repr` of up to 1,000
messages.

    python3 threaded_server.py
"""

import json
import socket
import threading
from collections.abc import Iterable, Iterator

MAX_HISTORY = 1000  # messages


class Chat:
    """The connected peers and the messages."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.peers: dict[socket.socket, object] = {}
        self.history: list[tuple[object, object]] = []

    def serve(self, peer: socket.socket, host: str, port: int) -> None:
        """Serve one peer, in a thread of its own."""
        with self.lock:
            self.peers[peer] = f"{host}:{port}"
            print("joined", f"{host}:{port}", flush=True)
            self.notice(f"{host}:{port} has entered the chat")
        try:
            for line in lines(peer):
                with self.lock:
                    self.process(peer, line)
        except (OSError, ValueError, TypeError, KeyError) as exc:
            print(f"disconnected a peer: {exc!r}", flush=True)
        with self.lock:
            name = self.peers.pop(peer)
            peer.close()
            self.notice(f"{name} has left the chat")

    def process(self, peer: socket.socket, line: str) -> None:
        """Execute the command in *line*."""
        print("got", line.encode(), flush=True)
        message = json.loads(line)
        kind, data, name = message["type"], message["data"], self.peers[peer]
        if kind == "message":
            self.history = [*self.history, (name, data)][-MAX_HISTORY:]
            self.send(self.peers, name, data)
        elif kind == "set-name":
            self.peers[peer] = data
            self.notice(f"'{name}' renamed to '{data}'")
        elif kind == "history":
            self.send([peer], "[Server]", repr(self.history))
        elif kind == "users":
            names = list(self.peers.values())
            self.send([peer], "[Server]", f"List of users\n\t{names}")

    def notice(self, text: str) -> None:
        """Send a notice to all peers."""
        self.send(self.peers, "[Server]", text)

    def send(
        self, peers: Iterable[socket.socket], source: object, text: object
    ) -> None:
        """Send a message to *peers*, without a timeout."""
        data = {"source": source, "message": text}
        line = json.dumps({"type": "message", "data": data}).encode() + b"\n"
        for peer in peers:
            try:
                peer.sendall(line)
            except OSError:
                continue  # its own thread closes it


def lines(peer: socket.socket) -> Iterator[str]:
    """Yield received lines, decoded as ASCII."""
    partial = ""
    while data := peer.recv(1024):
        *whole, partial = (partial + data.decode("ascii")).split("\n")
        yield from whole


if __name__ == "__main__":
    chat = Chat()
    with socket.create_server(("127.0.0.1", 0)) as server:
        print("listening on", server.getsockname()[1], flush=True)
        while True:
            peer, address = server.accept()
            threading.Thread(target=chat.serve, args=(peer, *address)).start()
