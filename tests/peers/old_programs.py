"""Starting the stand-ins for old programs."""

import ast
from pathlib import Path
from typing import NamedTuple

from tests.programs.process import Program
from tests.programs.sandbox import Sandbox

HERE = Path(__file__).parent
ALONE = ("-I", "-S")  # only the standard library: parlour cannot be imported


class OldServer(NamedTuple):
    """An old server that accepts connections, and prints each join and each line."""

    program: Program
    port: int

    def joined(self) -> str:
        """Wait for the next peer to join, and return its name."""
        return self.program.out.expect("joined ").removeprefix("joined ")

    def received(self) -> list[bytes]:
        """Return the lines received so far."""
        printed = (line for line in self.program.out.lines if line.startswith("got "))
        return [ast.literal_eval(line.removeprefix("got ")) for line in printed]


def start_old_server(sandbox: Sandbox, name: str, *options: str) -> OldServer:
    """Start the stand-in *name* and wait until it listens."""
    program = sandbox.run_python(*ALONE, str(HERE / f"{name}.py"), *options)
    listening = program.out.expect("listening on")
    return OldServer(program, int(listening.split()[-1]))


def start_old_client(sandbox: Sandbox, name: str, port: int) -> Program:
    """Start the stand-in client *name*."""
    return sandbox.run_python(*ALONE, str(HERE / f"{name}.py"), "127.0.0.1", str(port))
