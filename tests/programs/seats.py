"""People at terminals: how a test sits down at one of the programs."""

from .launch import CLIENT, SERVER, port_told, server_options
from .sandbox import Stage
from .terminal import Terminal


def serve(stage: Stage, engine: str) -> tuple[Terminal, int]:
    """Start a server on a terminal; return it and its port."""
    terminal = stage.terminal(*SERVER, *server_options(engine))
    return terminal, port_told(terminal.err.hear('"listening"'))


def sit_down(
    stage: Stage, port: int, engine: str, *options: str
) -> tuple[Terminal, str]:
    """Start a client on a terminal; return it and its name in the room."""
    where = ["127.0.0.1", str(port), "--engine", engine]
    terminal = stage.terminal(*CLIENT, *where, *options)
    terminal.see("has entered the chat")
    terminal.see_prompt()
    notice = next(line for line in terminal.lines if "entered" in line)
    return terminal, notice.removeprefix("[Server]: ").split()[0]
