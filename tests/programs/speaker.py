"""Somebody who speaks as fast as the server takes it, until the server is gone."""

import json
import socket
import threading
from itertools import count

from .watch import PATIENCE


class Speaker:
    """A socket with a thread for its mouth and one for its ear."""

    def __init__(self, port: int, name: str) -> None:
        self._name = name
        self._socket = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self._said = bytearray()
        self._threads = [
            threading.Thread(target=part) for part in (self._speak, self._listen)
        ]
        for thread in self._threads:
            thread.start()

    def heard(self) -> list[str]:
        """Wait for the end of the server; return the texts of all messages it told."""
        for thread in self._threads:
            thread.join(PATIENCE)
            assert not thread.is_alive(), f"{self._name} goes on"
        self._socket.close()
        told = [json.loads(line)["data"] for line in self._said.split(b"\n")[:-1]]
        return [said["message"] for said in told if said["source"] != "[Server]"]

    def _speak(self) -> None:
        try:
            for number in count():
                said = {"type": "message", "data": f"{self._name} {number}"}
                self._socket.sendall(json.dumps(said).encode() + b"\n")
        except OSError:
            pass  # the server is gone

    def _listen(self) -> None:
        try:
            while data := self._socket.recv(1 << 16):
                self._said += data
        except OSError:
            pass
