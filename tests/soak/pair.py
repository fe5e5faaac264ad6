"""How long the messages of two innocent users take during a soak."""

import asyncio
import statistics
import time
from typing import Final

from tests.proof.line_reader import LineReader
from tests.proof.live_client import Wire, any_certificate, dial_stream
from tests.proof.wire import line, message

from .server_process import SoakServer

PAUSE: Final = 0.25  # seconds between two messages
JOIN_TIMEOUT: Final = 120.0  # seconds
ROOM: Final = "pair"


class QuietPair:
    """Two sessions with TLS, of which one writes and the other reads."""

    def __init__(self, server: SoakServer) -> None:
        self.seconds = list[float]()
        self.is_over = False
        self._server = server

    async def run(self) -> None:
        wires = [await self._join(name) for name in ("romeo", "juliet")]
        await asyncio.gather(
            self._write(wires[0]), *(self._read(wire) for wire in wires)
        )

    async def _join(self, name: str) -> Wire:
        port, end = self._server.tls_port, time.monotonic() + JOIN_TIMEOUT
        while True:
            try:
                wire = await dial_stream(port, "127.0.0.1", any_certificate())
            except OSError:  # the machine was too busy for a handshake
                if time.monotonic() > end:
                    raise
                await asyncio.sleep(PAUSE)
                continue
            hello = {"version": 1, "late": True, "name": name, "rooms": [ROOM]}
            wire.send(line("hello", hello))
            return wire

    async def _write(self, wire: Wire) -> None:
        while not self.is_over:
            await asyncio.sleep(PAUSE)
            text = f"{time.monotonic()}"
            wire.send(message(ROOM, text, text))
        wire.send(line("bye", {}))

    async def _read(self, wire: Wire) -> None:
        lines = LineReader(wire)
        while (found := await lines.read()) is not None:
            if found["type"] == "message" and "sequence" in found["data"]:
                sent = float(found["data"]["message"])
                self.seconds.append(time.monotonic() - sent)
            elif found["type"] == "left" and self.is_over:
                wire.send(line("bye", {}))
        await wire.close()

    def percentile(self, number: int) -> float:
        """Return a percentile of the times, in seconds."""
        if len(self.seconds) < 100:
            return max(self.seconds, default=0.0)
        return statistics.quantiles(self.seconds, n=100)[number - 1]
