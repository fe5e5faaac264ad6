"""A stand-in for systemd: it receives what a service says, and hands over sockets."""

import os
import socket
import sys
import time
from collections.abc import Mapping
from typing import Self

from .event_loop import TIMEOUT
from .launch import SERVER, Server, listening_port, server_options
from .process import Program
from .sandbox import Sandbox

LAUNCHER = """
import os, sys
environment = os.environ | {"WATCHDOG_PID": str(os.getpid())}
first, names, in_journal, *command = sys.argv[1:]
if names:
    sources = [int(each) for each in first.split(",")]
    for target, source in enumerate([os.dup(each) for each in sources], 3):
        os.dup2(source, target)
        os.set_inheritable(target, True)  # also if it had this number already
    environment |= {"LISTEN_PID": str(os.getpid()), "LISTEN_FDNAMES": names}
    environment |= {"LISTEN_FDS": str(len(sources))}
if in_journal:
    found = os.fstat(2)
    environment["JOURNAL_STREAM"] = f"{found.st_dev}:{found.st_ino}"
os.execve(command[0], command, environment)
"""
"""What systemd does between fork and exec."""


class ServiceManager:
    """A service manager, which starts servers with either kind of socket address."""

    def __init__(self, sandbox: Sandbox, *, is_abstract: bool = False) -> None:
        self._sandbox = sandbox
        path = str(sandbox.runtime / "notify")
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.settimeout(TIMEOUT)
        self._socket.bind(f"\0{path}" if is_abstract else path)
        sandbox.setenv("NOTIFY_SOCKET", f"@{path}" if is_abstract else path)
        self.received: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def expect(self, text: str) -> str:
        """Wait for the next message with *text*, and return it."""
        deadline = time.monotonic() + TIMEOUT
        while time.monotonic() < deadline:
            self.received.append(self._socket.recv(4096).decode())
            if text in self.received[-1]:
                return self.received[-1]
        raise AssertionError(f"no {text!r} in {self.received}")

    def start(self, engine: str, *options: str) -> Server:
        """Start a server, and wait until it is ready."""
        server = start_service(self._sandbox, engine, *options)
        self.expect("READY=1")
        return Server(server, listening_port(server.err.expect('"listening"')))


def start_service(
    sandbox: Sandbox,
    engine: str,
    *options: str,
    sockets: Mapping[str, socket.socket] | None = None,
    in_journal: bool = False,
) -> Program:
    """Start a server as systemd does, with *sockets* by their names."""
    given = sockets or {}
    descriptors = [each.fileno() for each in given.values()]
    return sandbox.run(
        *(sys.executable, "-c", LAUNCHER),
        *(",".join(map(str, descriptors)), ":".join(given)),
        *("yes" if in_journal else "", sys.executable, *SERVER),
        *(*server_options(engine), *options),
        descriptors=descriptors,
    )


def listener(*, is_nonblocking: bool = True) -> socket.socket:
    """Return a listening socket, as that of a socket unit."""
    sock = socket.create_server(("127.0.0.1", 0))
    os.set_blocking(sock.fileno(), not is_nonblocking)
    return sock
