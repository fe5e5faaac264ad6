"""A stand-in for a student's asyncio server.

It neither echoes messages to their sender nor announces a join to the peer that
joined. It relays names and texts unchecked: ``null``, ``NaN``, numbers, lists. It
answers ``history`` with the last 20 messages, each from its own source, and ``users``
with one tuple. It closes a connection on an empty line, on a line longer than 65,536
bytes, on invalid JSON, and when the peer shuts down its sending side.

    python3 student_server.py
"""

import asyncio
import json
from collections.abc import Iterable

MAX_LINE = 65_536  # bytes
HISTORY_SHOWN = 20  # messages

names: dict[asyncio.StreamWriter, object] = {}
history: list[tuple[object, object]] = []


def send(writers: Iterable[asyncio.StreamWriter], source: object, text: object) -> None:
    """Send a message to *writers*."""
    data = {"source": source, "message": text}
    line = json.dumps({"type": "message", "data": data}).encode() + b"\n"
    for writer in writers:
        writer.write(line)


def process(line: bytes, speaker: asyncio.StreamWriter) -> None:
    """Execute the command in *line*."""
    print("got", line, flush=True)
    message = json.loads(line)
    name, others = names[speaker], [other for other in names if other is not speaker]
    match message["type"]:
        case "message":
            history.append((name, message["data"]))
            send(others, name, message["data"])
        case "set-name":
            names[speaker] = message["data"]
            send(others, "[Server]", f'"{name}" is now called "{message["data"]}"')
        case "history":
            for source, text in history[-HISTORY_SHOWN:]:
                send([speaker], source, text)
        case "users":
            send([speaker], "[Server]", f"({', '.join(map(repr, names.values()))})")


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Serve one peer."""
    host, port = writer.get_extra_info("peername")
    send(names, "[Server]", f"{host}:{port} has joined")
    names[writer] = f"{host}:{port}"
    print("joined", f"{host}:{port}", flush=True)
    try:
        while line := await reader.readline():
            process(line.removesuffix(b"\n"), writer)
    except (OSError, ValueError, TypeError, KeyError) as exc:
        print(f"closed a connection: {exc!r}", flush=True)
    name = names.pop(writer)
    writer.close()
    send(names, "[Server]", f"{name} has left")


async def main() -> None:
    """Serve on a free port, and print it."""
    server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=MAX_LINE)
    print("listening on", server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
