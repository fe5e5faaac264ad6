"""A stand-in for a student's asyncio server.

Its habits: it does not echo to the sender, and tells a newcomer nothing of its own
arrival. Names and texts are relayed as they came: ``null``, ``NaN``, numbers, lists.
Its history is the last 20 messages, each from its own source; its users are one
tuple. It closes on an empty line, on a line longer than 65,536 bytes, on broken JSON,
and when the peer shuts down its writing side.

    python3 student_server.py
"""

import asyncio
import json
from collections.abc import Iterable

MAX_LINE = 65_536  # bytes
HISTORY_SHOWN = 20  # messages

names: dict[asyncio.StreamWriter, object] = {}
history: list[tuple[object, object]] = []


def tell(writers: Iterable[asyncio.StreamWriter], source: object, text: object) -> None:
    """Send a message to *writers*."""
    data = {"source": source, "message": text}
    line = json.dumps({"type": "message", "data": data}).encode() + b"\n"
    for writer in writers:
        writer.write(line)


def take(line: bytes, speaker: asyncio.StreamWriter) -> None:
    """Do what *line* asks."""
    print("got", line, flush=True)
    message = json.loads(line)
    name, others = names[speaker], [other for other in names if other is not speaker]
    match message["type"]:
        case "message":
            history.append((name, message["data"]))
            tell(others, name, message["data"])
        case "set-name":
            names[speaker] = message["data"]
            tell(others, "[Server]", f'"{name}" is now called "{message["data"]}"')
        case "history":
            for source, text in history[-HISTORY_SHOWN:]:
                tell([speaker], source, text)
        case "users":
            tell([speaker], "[Server]", f"({', '.join(map(repr, names.values()))})")


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Serve one peer."""
    host, port = writer.get_extra_info("peername")
    tell(names, "[Server]", f"{host}:{port} has joined")
    names[writer] = f"{host}:{port}"
    print("joined", f"{host}:{port}", flush=True)
    try:
        while line := await reader.readline():
            take(line.removesuffix(b"\n"), writer)
    except (OSError, ValueError, TypeError, KeyError) as exc:
        print(f"closed one: {exc!r}", flush=True)
    name = names.pop(writer)
    writer.close()
    tell(names, "[Server]", f"{name} has left")


async def main() -> None:
    """Serve on a free port, and tell which."""
    server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=MAX_LINE)
    print("listening on", server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
