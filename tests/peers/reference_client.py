"""A stand-in for the reference client of the assignment.

Its habits: it reads with ``recv(1)`` and decodes each byte by itself, so it dies of
a raw non-ASCII byte. It dies of an empty line and of any line that is not a message
with two texts. It sends ``history`` and ``users`` without ``data``, an empty line
and ``/foo`` as chat. Its own lines are not shown unless the server echoes them.
After the end of its input it listens on. A reset is shown as ``[Errno 104] ...``.

    python3 reference_client.py SERVER PORT
"""

import json
import os
import socket
import sys
import threading
from collections.abc import Iterator


def command(line: str) -> dict[str, str]:
    """Return what a typed *line* asks for."""
    if line == "/history":
        return {"type": "history"}
    if line == "/users":
        return {"type": "users"}
    if line.startswith("/setname "):
        return {"type": "set-name", "data": line.removeprefix("/setname ")}
    return {"type": "message", "data": line}


def speak(connection: socket.socket) -> None:
    """Send what is typed, until the input ends."""
    try:
        for line in sys.stdin:
            wire = json.dumps(command(line.removesuffix("\n"))) + "\n"
            connection.sendall(wire.encode())
    except OSError:
        pass  # the listening thread tells it


def lines(connection: socket.socket) -> Iterator[str]:
    """Cut what comes into lines, a byte at a time."""
    line = ""
    while byte := connection.recv(1):
        character = byte.decode()
        if character == "\n":
            yield line
            line = ""
        else:
            line += character


def show(line: str) -> None:
    """Print a message; anything else is the end."""
    message = json.loads(line)
    data = message["data"]
    if message != {"type": "message", "data": data} or len(data) != 2:
        raise ValueError(line)
    if not isinstance(data["source"], str) or not isinstance(data["message"], str):
        raise TypeError(line)
    print(f"{data['source']}: {data['message']}", flush=True)


def chat(host: str, port: int) -> int:
    """Talk until the server goes; return the status to end with."""
    with socket.create_connection((host, port)) as connection:
        threading.Thread(target=speak, args=(connection,), daemon=True).start()
        try:
            for line in lines(connection):
                show(line)
        except OSError as exc:
            print(exc, flush=True)
            return 1
        except (ValueError, TypeError, KeyError) as exc:
            print(f"died of {exc!r}", file=sys.stderr, flush=True)
            return 1
    print("Server disconnected", flush=True)
    return 0


if __name__ == "__main__":
    # At once: the thread that reads the keyboard would hold up an orderly exit.
    os._exit(chat(sys.argv[1], int(sys.argv[2])))
