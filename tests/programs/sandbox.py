"""Where the programs of one test play; leaving it ends whatever still runs."""

import os
import subprocess
import sys
import time
import warnings
from contextlib import ExitStack
from pathlib import Path
from typing import Self

import pexpect

from .event_loop import PATIENCE, Output, Watch
from .process import Program
from .sockets import Peer
from .terminal import Terminal


class Stage:
    """All the programs of one test, under one watch, in a clean environment."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._environment = {
            "HOME": str(home),
            "LANG": "C.UTF-8",
            "PATH": os.environ["PATH"],
            "TERM": "xterm-256color",
        }
        self._watch = Watch()
        self._ending = ExitStack()
        self._ending.callback(self._watch.close)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.close()

    def setenv(self, name: str, value: str) -> None:
        """Start programs with *name* in their environment from now on."""
        self._environment[name] = value

    def run(self, *command: str, stdin: int = subprocess.PIPE) -> Program:
        """Start *command* in pipes."""
        process = subprocess.Popen(
            command,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self._environment,
        )
        program = Program(self._watch, process)
        self._ending.callback(program.end)
        return program

    def run_python(self, *arguments: str, stdin: int = subprocess.PIPE) -> Program:
        """Start a Python program in pipes."""
        return self.run(sys.executable, *arguments, stdin=stdin)

    def meet(self, port: int, *, deaf: bool = False) -> Peer:
        """Connect a peer to a server; a *deaf* one never reads."""
        peer = Peer(self._watch, port, deaf=deaf)
        self._ending.callback(peer.hang_up)
        return peer

    def join(self, port: int) -> Peer:
        """Connect a peer to a server of ours, and wait until it is in the room."""
        peer = self.meet(port)
        peer.hear(f"{peer.name} has entered the chat")
        return peer

    def terminal(self, *arguments: str) -> Terminal:
        """Start a Python program on a terminal of its own, its stderr in a pipe."""
        fifo = self._home / f"stderr-{time.monotonic_ns()}"
        os.mkfifo(fifo)
        errors = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
        self._ending.callback(os.close, errors)
        redirected = ["-c", 'exec "$@" 2> "$0"', str(fifo), sys.executable]
        process = self.spawn("/bin/sh", *redirected, *arguments)
        terminal = Terminal(self._watch, process, Output(self._watch, errors))
        self._ending.callback(terminal.end)
        return terminal

    def spawn(self, *command: str, cwd: Path | None = None) -> "pexpect.spawn[bytes]":
        """Start *command* on a terminal that nobody reads yet."""
        with warnings.catch_warnings():
            # From 3.12 on, forking beside any other thread is worth a warning.
            warnings.simplefilter("ignore", DeprecationWarning)
            process: pexpect.spawn[bytes] = pexpect.spawn(
                command[0],
                [*command[1:]],
                env=self._environment,
                cwd=cwd,
                dimensions=(Terminal.ROWS, Terminal.COLUMNS),
                timeout=PATIENCE,
            )
        self._ending.callback(process.close)
        return process
