"""A stand-in for the authors' threaded test server.

Its habits: it echoes to the sender and tells a newcomer of its own arrival. It throws
a peer out at the first raw non-ASCII byte, at an empty line, at ``{}`` and at broken
JSON, and when the peer shuts down its writing side. It sets no limit to a line, and
its history is one line with the `repr` of up to 1,000 messages.

    python3 threaded_server.py
"""

import json
import socket
import threading
from collections.abc import Iterable, Iterator

MAX_HISTORY = 1000  # messages


class Chat:
    """Who is here, and what was said."""

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
                    self.take(peer, line)
        except (OSError, ValueError, TypeError, KeyError) as exc:
            print(f"threw one out: {exc!r}", flush=True)
        with self.lock:
            name = self.peers.pop(peer)
            peer.close()
            self.notice(f"{name} has left the chat")

    def take(self, peer: socket.socket, line: str) -> None:
        """Do what *line* asks."""
        print("got", line.encode(), flush=True)
        message = json.loads(line)
        kind, data, name = message["type"], message["data"], self.peers[peer]
        if kind == "message":
            self.history = [*self.history, (name, data)][-MAX_HISTORY:]
            self.tell(self.peers, name, data)
        elif kind == "set-name":
            self.peers[peer] = data
            self.notice(f"'{name}' renamed to '{data}'")
        elif kind == "history":
            self.tell([peer], "[Server]", repr(self.history))
        elif kind == "users":
            names = list(self.peers.values())
            self.tell([peer], "[Server]", f"List of users\n\t{names}")

    def notice(self, text: str) -> None:
        """Tell everybody."""
        self.tell(self.peers, "[Server]", text)

    def tell(
        self, peers: Iterable[socket.socket], source: object, text: object
    ) -> None:
        """Send a message to *peers*, however long that takes."""
        data = {"source": source, "message": text}
        line = json.dumps({"type": "message", "data": data}).encode() + b"\n"
        for peer in peers:
            try:
                peer.sendall(line)
            except OSError:
                continue  # its own thread finds out


def lines(peer: socket.socket) -> Iterator[str]:
    """Cut what comes into lines, as ASCII."""
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
