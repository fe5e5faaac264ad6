"""A clean environment for the programs of one test, which all end with the test."""

import os
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Collection
from contextlib import ExitStack
from pathlib import Path
from typing import Self

import pexpect

from .event_loop import TIMEOUT, EventLoop, Output
from .process import Program
from .sockets import SocketClient
from .terminal import COLUMNS, ROWS, Terminal


class Sandbox:
    """The programs and connections of one test, on one event loop.

    Leaving the context ends every program that still runs.
    """

    def __init__(self, home: Path) -> None:
        self._home = home
        self._environment = {
            "HOME": str(home),
            "LANG": "C.UTF-8",
            "PATH": os.environ["PATH"],
            "TERM": "xterm-256color",
        }
        self._loop = EventLoop()
        self._ending = ExitStack()
        # The paths of sockets are short, and those of pytest are not.
        runtime = tempfile.TemporaryDirectory(prefix="parlour-")
        self.runtime = Path(self._ending.enter_context(runtime))
        self.setenv("XDG_RUNTIME_DIR", str(self.runtime))
        self._ending.callback(self._loop.close)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.close()

    def setenv(self, name: str, value: str) -> None:
        """Set *name* in the environment of programs that start from now on."""
        self._environment[name] = value

    def run_for(self, seconds: float) -> None:
        """Read the output of all programs for *seconds*."""
        self._loop.run_for(seconds)

    def run(
        self,
        *command: str,
        stdin: int = subprocess.PIPE,
        descriptors: Collection[int] = (),
        cwd: Path | None = None,
    ) -> Program:
        """Start *command* with pipes for its standard streams, and *descriptors*."""
        process = subprocess.Popen(
            command,
            cwd=cwd,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self._environment,
            pass_fds=descriptors,
        )
        program = Program(self._loop, process)
        self._ending.callback(program.clean_up)
        return program

    def run_python(self, *arguments: str, stdin: int = subprocess.PIPE) -> Program:
        """Start a Python program with pipes for its standard streams."""
        return self.run(sys.executable, *arguments, stdin=stdin)

    def connect(self, port: int, *, reads: bool = True) -> SocketClient:
        """Connect a socket to a server; with *reads* False, it never reads."""
        client = SocketClient(self._loop, port, reads=reads)
        self._ending.callback(client.close)
        return client

    def join(self, port: int) -> SocketClient:
        """Connect a socket to a Parlour server, and wait until it has joined."""
        client = self.connect(port)
        client.expect(f"{client.name} has entered the chat")
        return client

    def start_on_terminal(
        self, *arguments: str, size: tuple[int, int] = (ROWS, COLUMNS)
    ) -> Terminal:
        """Start a Python program on its own terminal, with stderr in a pipe.

        *size* is the number of rows and of columns.
        """
        fifo = self._home / f"stderr-{time.monotonic_ns()}"
        os.mkfifo(fifo)
        errors = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
        self._ending.callback(os.close, errors)
        redirected = ["-c", 'exec "$@" 2> "$0"', str(fifo), sys.executable]
        command = "/bin/sh", *redirected, *arguments
        process = self.spawn_on_terminal(*command, size=size)
        terminal = Terminal(self._loop, process, Output(self._loop, errors))
        self._ending.callback(terminal.clean_up)
        return terminal

    def spawn_on_terminal(
        self,
        *command: str,
        cwd: Path | None = None,
        size: tuple[int, int] = (ROWS, COLUMNS),
    ) -> "pexpect.spawn[bytes]":
        """Start *command* on a terminal that the event loop does not read."""
        with warnings.catch_warnings():
            # Python 3.12 and newer warn about a fork in a process with threads.
            warnings.simplefilter("ignore", DeprecationWarning)
            process: pexpect.spawn[bytes] = pexpect.spawn(
                command[0],
                [*command[1:]],
                env=self._environment,
                cwd=cwd,
                dimensions=size,
                timeout=TIMEOUT,
            )
        self._ending.callback(process.close)
        return process
