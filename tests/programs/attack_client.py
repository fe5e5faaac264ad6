"""Attack a server at TLS, HTTP and TCP from many addresses, until the input ends.

    python3 attack_client.py PORT TLS_PORT PAGE_PORT ATTACK

ATTACK is one of `ATTACKS`, or `all`: then every connection is of another kind. Writes
`BEGUN` when the attack has begun, and at the end how many connections it made since.
"""

import asyncio
import os
import shutil
import socket
import ssl
import struct
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from itertools import count, cycle
from typing import Final, NamedTuple

CONNECTIONS: Final = 64  # at once, each from an address of its own
PROCESSES: Final = 8  # of openssl, at once
PATIENCE: Final = 3.0  # seconds, of an attack that waits
WARM_UP: Final = 0.3  # seconds until an attack has begun
DRIBBLE: Final = 0.05  # seconds between two bytes
BEGUN: Final = "the flood has begun"
RESET: Final = struct.pack("ii", 1, 0)  # SO_LINGER: close with a reset
HELLO: Final = b'{"type":"hello","data":{"version":1,"late":true,"rooms":[]}}\n'
HOST: Final = b"Host: 127.0.0.1\r\n"
UPGRADE: Final = (
    b"GET /ws HTTP/1.1\r\n" + HOST + b"Upgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n"
)
FORM: Final = (
    b"POST /sign-in HTTP/1.1\r\n" + HOST + b"Origin: http://127.0.0.1\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n"
)


class Ports(NamedTuple):
    """Where the server listens."""

    chat: int
    tls: int
    page: int


Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Attack = Callable[[Ports, str], Awaitable[None]]


def context() -> ssl.SSLContext:
    found = ssl.create_default_context()
    found.check_hostname, found.verify_mode = False, ssl.CERT_NONE
    return found


CONTEXT: Final = context()


async def connect(port: int, source: str, *, has_tls: bool = False) -> Stream:
    return await asyncio.open_connection(
        "127.0.0.1",
        port,
        local_addr=(source, 0),
        ssl=CONTEXT if has_tls else None,
        ssl_shutdown_timeout=1.0 if has_tls else None,
    )


async def read_to_end(stream: Stream) -> None:
    """Read until the server ends the connection, but not for long."""
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            while await stream[0].read(65_536):
                pass
    stream[1].transport.abort()


async def dribble(stream: Stream, data: bytes) -> None:
    """Send one byte at a time."""
    for number in range(len(data)):
        if stream[0].at_eof() or stream[1].is_closing():
            break
        stream[1].write(data[number : number + 1])
        await asyncio.sleep(DRIBBLE)
    stream[1].transport.abort()


async def send(port: int, source: str, *data: bytes) -> None:
    stream = await connect(port, source)
    for each in data:
        stream[1].write(each)
        await stream[1].drain()
    await read_to_end(stream)


# -- TCP ------------------------------------------------------------------------------


async def churn(ports: Ports, source: str) -> None:
    """Connect, and reset the connection."""
    _, writer = await connect(ports.chat, source)
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    writer.transport.abort()


# -- TLS ------------------------------------------------------------------------------


async def handshakes(ports: Ports, source: str) -> None:
    """Shake hands, and leave."""
    _, writer = await connect(ports.tls, source, has_tls=True)
    writer.transport.abort()


async def slow_handshakes(ports: Ports, source: str) -> None:
    """Send the first message of a handshake one byte at a time."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = CONTEXT.wrap_bio(incoming, outgoing)
    with suppress(ssl.SSLWantReadError):
        tls.do_handshake()
    await dribble(await connect(ports.tls, source), outgoing.read())


async def half_closed(ports: Ports, source: str) -> None:
    """End the own half with a hello that has many answers, and read none of them."""
    stream = await connect(ports.tls, source, has_tls=True)
    asks = b'{"type":"history","data":{"room":"lobby","limit":1000}}\n'
    stream[1].write(HELLO + 50 * asks)
    await stream[1].drain()
    sock = stream[1].get_extra_info("socket")
    with suppress(OSError):
        socket.socket(fileno=os.dup(sock.fileno())).shutdown(socket.SHUT_WR)
    await asyncio.sleep(PATIENCE)
    stream[1].transport.abort()


async def openssl(ports: Ports, source: str, version: str, key: bytes) -> None:
    """Type *key* into ``openssl s_client`` as fast as it goes."""
    process = await asyncio.create_subprocess_exec(
        *("openssl", "s_client", "-connect", f"127.0.0.1:{ports.tls}", version),
        *("-bind", f"{source}:0"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert process.stdin is not None
    try:
        async with asyncio.timeout(PATIENCE):
            while process.returncode is None:
                process.stdin.write(key)
                await process.stdin.drain()
                await asyncio.sleep(0.001)  # or it reads several as one line of text
    except (TimeoutError, OSError):
        pass
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def key_updates(ports: Ports, source: str) -> None:
    """Ask for new keys again and again."""
    await openssl(ports, source, "-tls1_3", b"K\n")


async def renegotiations(ports: Ports, source: str) -> None:
    """Ask for another handshake again and again."""
    await openssl(ports, source, "-tls1_2", b"R\n")


# -- HTTP -----------------------------------------------------------------------------


async def slow_heads(ports: Ports, source: str) -> None:
    """Send the head of a request one byte at a time."""
    await dribble(await connect(ports.page, source), b"GET / HTTP/1.1\r\n" + HOST * 20)


async def slow_bodies(ports: Ports, source: str) -> None:
    """Send the body of a form one byte at a time."""
    stream = await connect(ports.page, source)
    stream[1].write(FORM + b"Content-Length: 10000\r\n\r\n")
    await dribble(stream, b"x" * 100)


async def keep_alive(ports: Ports, source: str) -> None:
    """Load the page, and keep the connection."""
    stream = await connect(ports.page, source)
    stream[1].write(b"GET / HTTP/1.1\r\n" + HOST + b"\r\n")
    await read_to_end(stream)


async def large_forms(ports: Ports, source: str) -> None:
    """Send forms that are too large, with a length and in chunks."""
    field = b"name=" + b"x" * 60_000
    length = b"Content-Length: 60005\r\n\r\n"
    await send(ports.page, source, FORM + b"Connection: close\r\n" + length, field)
    chunk = b"10000\r\n" + b"x" * 65_536 + b"\r\n"
    head = FORM + b"Transfer-Encoding: chunked\r\n\r\n"
    await send(ports.page, source, head, *[chunk] * 64)


async def fragments(ports: Ports, source: str) -> None:
    """Send a message in fragments that never ends."""
    piece = b"\x00\x81\0\0\0\0x" * 5_000
    upgrade = UPGRADE + b"\r\n"
    await send(ports.page, source, upgrade, b"\x01\x81\0\0\0\0x", *[piece] * 20)


async def large_frames(ports: Ports, source: str) -> None:
    """Announce a frame of many gigabytes, and send its first megabytes."""
    frame = b"\x81\xff" + (1 << 40).to_bytes(8, "big") + b"\0" * 4
    upgrade = UPGRADE + b"\r\n"
    await send(ports.page, source, upgrade, frame, *[b"x" * 65_536] * 64)


async def bad_frames(ports: Ports, source: str) -> None:
    """Send an unmasked frame, and ask for compression and use it anyway."""
    await send(ports.page, source, UPGRADE + b"\r\n", b"\x81\x05hello")
    extension = b"Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n"
    bomb = b"\xc1\xfe\x40\x00\0\0\0\0" + b"\0" * 0x4000
    await send(ports.page, source, UPGRADE + extension, bomb)


ATTACKS: Final[dict[str, Attack]] = {
    "churn": churn,
    "tls-handshakes": handshakes,
    "tls-slow-handshakes": slow_handshakes,
    "tls-half-closed": half_closed,
    "tls-key-updates": key_updates,
    "tls-renegotiations": renegotiations,
    "http-slow-heads": slow_heads,
    "http-slow-bodies": slow_bodies,
    "http-keep-alive": keep_alive,
    "http-large-forms": large_forms,
    "websocket-fragments": fragments,
    "websocket-large-frames": large_frames,
    "websocket-bad-frames": bad_frames,
}
BY_OPENSSL: Final = {"tls-key-updates", "tls-renegotiations"}


async def attack(ports: Ports, names: list[str]) -> int:
    """Attack until the end of the standard input; return how often."""
    loop, is_over, done = asyncio.get_running_loop(), asyncio.Event(), count()
    kinds, processes = cycle(names), 0

    async def repeat(number: int, name: str) -> None:
        source = f"127.0.{1 + number // 200}.{1 + number % 200}"
        while not is_over.is_set():
            try:
                async with asyncio.timeout(4 * PATIENCE):
                    await ATTACKS[name](ports, source)
            except ConnectionRefusedError:  # nobody was attacked
                await asyncio.sleep(0.01)
                continue
            except (OSError, TimeoutError, EOFError):
                await asyncio.sleep(0.01)  # the server has ended it
            next(done)

    reader = loop.run_in_executor(None, sys.stdin.read)
    async with asyncio.TaskGroup() as group:
        for number in range(CONNECTIONS):
            name = next(kinds)
            processes += name in BY_OPENSSL
            if name in BY_OPENSSL and processes > PROCESSES:
                continue
            group.create_task(repeat(number, name))
        await asyncio.sleep(WARM_UP)
        sys.stdout.write(f"{BEGUN}\n")
        sys.stdout.flush()
        before = next(done)
        await reader
        is_over.set()
        return next(done) - before - 1


if __name__ == "__main__":
    os.nice(10)  # elsewhere, it would not take time from the server and the pair
    *numbers, chosen = sys.argv[1:]
    which = list(ATTACKS) if chosen == "all" else [chosen]
    if BY_OPENSSL.intersection(which) and shutil.which("openssl") is None:
        sys.exit("openssl is not installed")
    sys.stdout.write(f"{asyncio.run(attack(Ports(*map(int, numbers)), which))}\n")
