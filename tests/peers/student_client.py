"""A stand-in for a student's asyncio client.

Its habits: it makes its JSON by formatting a string and escapes nothing, so a typed
quote, TAB or backslash breaks the line, and other letters travel as raw UTF-8. It
sends ``set-name`` with an empty name and with blanks. It dies of any type but
``message``, of a line that is not JSON, and of a line longer than 65,536 bytes.

    python3 student_client.py SERVER PORT
"""

import asyncio
import json
import sys


def wire(line: str) -> str:
    """Return what a typed *line* looks like when it is sent."""
    kind, data = "message", line
    if line in ("/history", "/users"):
        kind, data = line[1:], ""
    elif line.startswith("/setname"):
        kind, data = "set-name", line.removeprefix("/setname").removeprefix(" ")
    return f'{{"type": "{kind}", "data": "{data}"}}\n'


async def speak(writer: asyncio.StreamWriter) -> None:
    """Send what is typed, until the input ends."""
    keyboard = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(keyboard), sys.stdin
    )
    while line := await keyboard.readline():
        writer.write(wire(line.decode().removesuffix("\n")).encode())
        await writer.drain()


async def listen(reader: asyncio.StreamReader) -> None:
    """Print what comes, until the server goes."""
    while line := await reader.readline():
        message = json.loads(line)
        if message["type"] != "message":
            sys.exit(f"died of {line!r}")
        data = message["data"]
        print(f"{data['source']}: {data['message']}", flush=True)


async def chat(host: str, port: int) -> None:
    """Talk until the server goes."""
    reader, writer = await asyncio.open_connection(host, port)
    speaking = asyncio.gather(speak(writer), return_exceptions=True)
    try:
        await listen(reader)
        print("Server disconnected", flush=True)
    except OSError as exc:
        print(exc, flush=True)
    finally:
        speaking.cancel()
        writer.close()


if __name__ == "__main__":
    asyncio.run(chat(sys.argv[1], int(sys.argv[2])))
