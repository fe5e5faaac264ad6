"""Flood a server from many addresses, as fast as one process can.

    python3 flood_client.py PORT FLOOD

FLOOD is one of `FLOODS`. Writes `BEGUN` when the server has answered the first time.
Ends with the end of its standard input, and then writes how many answers came since.
"""

import json
import os
import selectors
import socket
import sys
from collections.abc import Callable, Iterator
from itertools import count, cycle

CONNECTIONS = 64  # at once, each from an address of its own
PASSWORD = "not the password"
BEGUN = "the flood has begun"

Line = tuple[str, dict[str, object]]
HELLO: dict[str, object] = {"version": 1, "late": True, "rooms": ["lobby"]}


def one_account(_number: int) -> list[Line]:
    """Guess the password of one account."""
    return [("hello", {**HELLO, "account": "Ada", "password": PASSWORD})]


def many_accounts(number: int) -> list[Line]:
    """Guess the passwords of many accounts, few of which exist."""
    return [("hello", {**HELLO, "account": f"user{number}", "password": PASSWORD})]


def registrations(number: int) -> list[Line]:
    """Register an account."""
    hello = {**HELLO, "name": f"new{number}"}
    return [("hello", hello), ("register", {"password": PASSWORD})]


def hellos(number: int) -> list[Line]:
    """Enter the lobby, and leave at once."""
    return [("hello", {**HELLO, "name": f"guest{number}"})]


FLOODS: dict[str, tuple[Callable[[int], list[Line]], tuple[bytes, ...]]] = {
    "one-account": (one_account, (b'"error"', b'"bye"')),
    "many-accounts": (many_accounts, (b'"error"', b'"bye"')),
    "registrations": (registrations, (b'"account"', b'"error"', b'"bye"')),
    "hellos": (hellos, (b'"welcome"', b'"bye"')),
}
"""The lines of each connection, by its number, and what ends it."""


def connections(port: int) -> Iterator[socket.socket]:
    """Yield connections from the addresses in turn."""
    for number in cycle(range(CONNECTIONS)):
        sock = socket.socket()
        sock.bind((f"127.0.{1 + number // 200}.{1 + number % 200}", 0))
        sock.connect(("127.0.0.1", port))
        yield sock


def flood(port: int, name: str) -> int:
    """Flood until the end of the standard input; return the number of answers.

    The first one, which shows that the flood has begun, does not count.
    """
    lines, ends = FLOODS[name]
    selector, numbers, answered = selectors.DefaultSelector(), count(), -1
    selector.register(sys.stdin, selectors.EVENT_READ)
    sockets = connections(port)

    def start() -> None:
        sock = next(sockets)
        wire = "".join(
            json.dumps({"type": kind, "data": data}) + "\n"
            for kind, data in lines(next(numbers))
        )
        sock.sendall(wire.encode())
        selector.register(sock, selectors.EVENT_READ)

    for _ in range(CONNECTIONS):
        start()
    while True:
        for key, _ in selector.select():
            if not isinstance(key.fileobj, socket.socket):
                return answered
            try:
                data = key.fileobj.recv(65_536)
            except OSError:
                data = b""
            if data and not any(each in data for each in ends):
                continue
            if data:
                answered += 1
                if not answered:
                    sys.stdout.write(f"{BEGUN}\n")
                    sys.stdout.flush()
            selector.unregister(key.fileobj)
            key.fileobj.close()
            start()


if __name__ == "__main__":
    os.nice(10)  # elsewhere, it would not take time from the server and the pair
    sys.stdout.write(f"{flood(int(sys.argv[1]), sys.argv[2])}\n")
