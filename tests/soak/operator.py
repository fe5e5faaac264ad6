"""The operator of a soak: sanctions, new certificates, backups, announcements."""

import asyncio
import hashlib
import ssl
from collections import Counter
from contextlib import suppress
from itertools import count
from random import Random
from typing import Final

from tests.proof.line_reader import LineReader
from tests.proof.live_client import any_certificate, dial_stream
from tests.proof.wire import line
from tests.server.tls.pairs import make_pair

from .server_process import SoakServer

SANCTION_PAUSE: Final = 20.0  # seconds
MUTED_FOR: Final = "10m"  # longer than until it is lifted, as late as that may be
RELOAD_PAUSE: Final = 60.0
BACKUP_PAUSE: Final = 120.0
RELOAD_TIMEOUT: Final = 30.0
ROOM: Final = "yard"
VICTIM_PAUSE: Final = 2.0  # until it returns, and of silence until it talks
VICTIM: Final = "Tybalt"
ADDRESS: Final = "127.0.7.7"


class Operator:
    """Who keeps order, and changes what can be changed while the server runs."""

    def __init__(self, server: SoakServer, rng: Random, *, is_brisk: bool) -> None:
        self.done = Counter[str]()
        self.failures = list[str]()
        self.is_over = False
        self._server, self._rng = server, rng
        self._pace = 0.25 if is_brisk else 1.0
        self._has_joined = asyncio.Event()

    def start(self, group: asyncio.TaskGroup) -> None:
        group.create_task(self._be_victim())
        group.create_task(self._keep_order())
        group.create_task(self._change_certificates())
        group.create_task(self._back_up())

    async def _pause(self, seconds: float) -> None:
        await asyncio.sleep(self._rng.uniform(0.7, 1.3) * seconds * self._pace)

    async def _tool(self, *command: str, typed: str = "") -> None:
        try:
            code, _, error = await self._server.run_tool(*command, typed=typed)
        except TimeoutError:
            code, error = 1, "not in time"
        self.done[" ".join(command[:2])] += 1
        if code:
            self.failures.append(f"{' '.join(command)}: exit code {code}: {error}")

    async def _be_victim(self) -> None:
        """Talk in a room, and return after each kick and each ban."""
        numbers = count(1)
        while not self.is_over:
            with suppress(OSError):
                await self._suffer(numbers)
            self._has_joined.clear()
            await asyncio.sleep(VICTIM_PAUSE)

    async def _suffer(self, numbers: "count[int]") -> None:
        wire = await dial_stream(self._server.port, ADDRESS, None)
        hello = {"version": 1, "late": True, "name": VICTIM, "rooms": [ROOM]}
        wire.send(line("hello", hello))
        lines = LineReader(wire)
        try:
            while not self.is_over:
                try:
                    async with asyncio.timeout(VICTIM_PAUSE):
                        found = await lines.read()
                except TimeoutError:
                    text = f"victim {next(numbers)}"
                    wire.send(line("message", {"room": ROOM, "message": text}))
                    continue
                if found is None:
                    return
                if found["type"] == "room":
                    self._has_joined.set()
                elif found["type"] == "left" and found["data"].get("you"):
                    self.done["kicks that arrived"] += 1
                    wire.send(line("join", {"room": ROOM}))
        finally:
            wire.reset()
            await wire.close()

    async def _keep_order(self) -> None:
        acts = (
            ("admin", "kick", VICTIM, "--room", ROOM),
            ("admin", "mute", VICTIM, MUTED_FOR),
            ("admin", "unmute", VICTIM),
            ("admin", "ban", VICTIM, "10s"),
            ("admin", "announce", "all is well"),
            ("admin", "users"),
            ("admin", "rooms"),
            ("admin", "stats"),
        )
        while not self.is_over:
            for act in acts:
                await self._pause(SANCTION_PAUSE)
                if self.is_over:
                    return
                if VICTIM in act:
                    with suppress(TimeoutError):
                        async with asyncio.timeout(30.0):
                            await self._has_joined.wait()
                await self._tool(*act)

    async def _change_certificates(self) -> None:
        """Replace the certificate, and wait until new connections get the new one."""
        while not self.is_over:
            await self._pause(RELOAD_PAUSE)
            pair = await asyncio.to_thread(make_pair, self._server.home)
            wanted = hashlib.sha256(
                ssl.PEM_cert_to_DER_cert(pair.cert.read_text())
            ).digest()
            self._server.reload()
            try:
                async with asyncio.timeout(RELOAD_TIMEOUT):
                    while await self._shown() != wanted:  # noqa: ASYNC110
                        await asyncio.sleep(0.1)
            except (TimeoutError, OSError) as exc:
                self.failures.append(f"a new certificate is not used: {exc!r}")
            self.done["new certificates"] += 1

    async def _shown(self) -> bytes:
        """Return the fingerprint that the server shows."""
        _, writer = await asyncio.open_connection(
            "127.0.0.1", self._server.tls_port, ssl=any_certificate()
        )
        try:
            found = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
            return hashlib.sha256(found or b"").digest()
        finally:
            writer.transport.abort()

    async def _back_up(self) -> None:
        """Have the server copy its history, and verify the copy."""
        copy = self._server.home / "copy.db"
        while not self.is_over:
            await self._pause(BACKUP_PAUSE)
            await self._tool("admin", "backup", str(copy))
            code, out, error = await self._server.run_tool("verify", history=copy)
            self.done["verified copies"] += 1
            if code or " is undamaged" not in out:
                self.failures.append(f"a copy is damaged: {out} {error}")
            copy.unlink(missing_ok=True)
