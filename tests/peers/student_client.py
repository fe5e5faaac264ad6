"""A stand-in for a student's asyncio client.

It makes its JSON by formatting a string and escapes nothing, so that a typed quote,
TAB or backslash makes invalid JSON, and non-ASCII letters are sent as raw UTF-8. It
sends ``set-name`` with an empty name and with spaces. It crashes on any type but
``message``, on a line that is not JSON, and on a line longer than 65,536 bytes.

    python3 student_client.py SERVER PORT
"""

import asyncio
import json
import sys


def wire(line: str) -> str:
    """Return the JSON for a typed *line*."""
    kind, data = "message", line
    if line in ("/history", "/users"):
        kind, data = line[1:], ""
    elif line.startswith("/setname"):
        kind, data = "set-name", line.removeprefix("/setname").removeprefix(" ")
    return f'{{"type": "{kind}", "data": "{data}"}}\n'


async def send_input(writer: asyncio.StreamWriter) -> None:
    """Send each line of the input until its end."""
    keyboard = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(keyboard), sys.stdin
    )
    while line := await keyboard.readline():
        writer.write(wire(line.decode().removesuffix("\n")).encode())
        await writer.drain()


async def receive(reader: asyncio.StreamReader) -> None:
    """Print received messages until the server disconnects."""
    while line := await reader.readline():
        message = json.loads(line)
        if message["type"] != "message":
            sys.exit(f"crashed on {line!r}")
        data = message["data"]
        print(f"{data['source']}: {data['message']}", flush=True)


async def chat(host: str, port: int) -> None:
    """Chat until the server disconnects."""
    reader, writer = await asyncio.open_connection(host, port)
    sending = asyncio.gather(send_input(writer), return_exceptions=True)
    try:
        await receive(reader)
        print("Server disconnected", flush=True)
    except OSError as exc:
        print(exc, flush=True)
    finally:
        sending.cancel()
        writer.close()


if __name__ == "__main__":
    asyncio.run(chat(sys.argv[1], int(sys.argv[2])))
