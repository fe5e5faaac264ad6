"""A stand-in for the reference client of the assignment.

It reads with ``recv(1)`` and decodes each byte by itself, so that it crashes on a raw
non-ASCII byte. It crashes on an empty line and on any line that is not a message with
two strings. It sends ``history`` and ``users`` without ``data``, and an empty line and
``/foo`` as messages. It does not show its own lines unless the server echoes them.
After the end of its input it continues to receive. It prints a reset as
``[Errno 104] ...``.

    python3 reference_client.py SERVER PORT
"""

import json
import os
import socket
import sys
import threading
from collections.abc import Iterator


def command(line: str) -> dict[str, str]:
    """Return the command for a typed *line*."""
    if line == "/history":
        return {"type": "history"}
    if line == "/users":
        return {"type": "users"}
    if line.startswith("/setname "):
        return {"type": "set-name", "data": line.removeprefix("/setname ")}
    return {"type": "message", "data": line}


def send_input(connection: socket.socket) -> None:
    """Send each line of the input until its end."""
    try:
        for line in sys.stdin:
            wire = json.dumps(command(line.removesuffix("\n"))) + "\n"
            connection.sendall(wire.encode())
    except OSError:
        pass  # the receiving thread reports it


def lines(connection: socket.socket) -> Iterator[str]:
    """Yield received lines, read a byte at a time."""
    line = ""
    while byte := connection.recv(1):
        character = byte.decode()
        if character == "\n":
            yield line
            line = ""
        else:
            line += character


def show(line: str) -> None:
    """Print a message; raise an exception for anything else."""
    message = json.loads(line)
    data = message["data"]
    if message != {"type": "message", "data": data} or len(data) != 2:
        raise ValueError(line)
    if not isinstance(data["source"], str) or not isinstance(data["message"], str):
        raise TypeError(line)
    print(f"{data['source']}: {data['message']}", flush=True)


def chat(host: str, port: int) -> int:
    """Chat until the server disconnects; return the exit code."""
    with socket.create_connection((host, port)) as connection:
        threading.Thread(target=send_input, args=(connection,), daemon=True).start()
        try:
            for line in lines(connection):
                show(line)
        except OSError as exc:
            print(exc, flush=True)
            return 1
        except (ValueError, TypeError, KeyError) as exc:
            print(f"crashed on {exc!r}", file=sys.stderr, flush=True)
            return 1
    print("Server disconnected", flush=True)
    return 0


if __name__ == "__main__":
    # At once: an orderly exit would wait for the thread that reads the keyboard.
    os._exit(chat(sys.argv[1], int(sys.argv[2])))
