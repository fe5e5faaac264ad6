"""Users with accounts: they register, sign in and out on several devices, and talk.

Half of them use the session dialect over TLS, the others the forms and the WebSocket of
the page over HTTPS.
"""

import asyncio
import ssl
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from itertools import count
from random import Random
from typing import Any, Final, TypeVar

from tests.gateways.web.account_client import AccountClient, Response
from tests.proof.line_reader import LineReader
from tests.proof.live_client import (
    Wire,
    any_certificate,
    dial_page,
    dial_stream,
)
from tests.proof.wire import line, message

from .claims import Claims
from .server_process import SoakServer

T = TypeVar("T")

PASSWORD: Final = "a plague on both"
PAUSE: Final = 8.0  # seconds between two visits of an account, on average
SAID: Final = 5  # messages in a visit
LATE: Final = 60.0  # seconds until an answer is late; a password waits for others
ANSWER_TIMEOUT: Final = 180.0  # seconds until an answer is missing
ROOMS: Final = tuple(f"club-{number}" for number in range(4))
PAGES: Final = "/account", "/", "/rooms", "/search?q=account", "/api/messages"


class Device:
    """One connection of an account."""

    def __init__(self, wire: Wire, claims: Claims, late: Counter[str]) -> None:
        self.wire, self._claims, self._late = wire, claims, late
        self._lines = LineReader(wire)

    def send(self, kind: str, **data: object) -> None:
        self.wire.send(line(kind, data))

    async def expect(self, *kinds: str) -> dict[str, Any]:
        """Wait for a line of one of these types; fail at the end.

        Record that it came late, if it did.
        """
        what, began = " or ".join(kinds), time.monotonic()
        try:
            async with asyncio.timeout(ANSWER_TIMEOUT):
                while (found := await self._next())["type"] not in kinds:
                    pass
        except TimeoutError:
            raise TimeoutError(f"no {what} in {ANSWER_TIMEOUT:g} s") from None
        if time.monotonic() - began > LATE:
            self._late[what] += 1
        return found

    async def _next(self) -> dict[str, Any]:
        found = await self._lines.read()
        if found is None:
            raise ConnectionError("the connection has ended")
        if found["type"] == "message" and found["data"].get("sequence"):
            self._claims.receive(found["data"])
        return found

    async def say(self, text: str, room: str) -> str:
        """Say something; return ``stored``, or the code of the refusal."""
        self.wire.send(message(room, text, text))
        while True:
            found = await self.expect("stored", "error")
            data = found["data"]
            if data.get("id") == text:
                break
        if found["type"] == "error":
            return str(data["code"])
        self._claims.acknowledge(data, text)
        return "stored"


class PatientBrowser(AccountClient):
    """A browser that waits and tries again when the server says that it is too busy."""

    def __init__(self, port: int, context: ssl.SSLContext, late: Counter[str]) -> None:
        super().__init__(port, context=context, timeout=ANSWER_TIMEOUT)
        self._late = late

    def _request(
        self,
        method: str,
        path: str,
        body: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        end = time.monotonic() + ANSWER_TIMEOUT
        while True:
            found = super()._request(method, path, body, headers)
            wait = found.header("retry-after")
            if found.status != 503 or not wait or time.monotonic() > end:
                return found
            self._late[f"{path}, too busy"] += 1
            time.sleep(int(wait))


class AccountUsers:
    """All accounts of a soak."""

    def __init__(self, server: SoakServer, rng: Random, count_: int) -> None:
        self.claims = Claims()
        self.done = Counter[str]()
        self.failures = list[str]()
        self.visits = 0
        self.late = Counter[str]()
        """Answers that came late, or after a try that was refused, by what they are."""
        self._server, self._rng = server, rng
        self._names = [f"user{number}" for number in range(count_)]
        self._keys = dict[str, str]()
        self._registered = set[str]()
        self._context = any_certificate()
        self._numbers = count(1)
        self.is_over = False

    def start(self, group: asyncio.TaskGroup) -> None:
        for number, name in enumerate(self._names):
            group.create_task(self._live(name, is_browser=number % 2 == 1))

    async def _live(self, name: str, *, is_browser: bool) -> None:
        browser = PatientBrowser(
            self._server.secure_page_port, self._context, self.late
        )
        used = browser if is_browser else None
        while not self.is_over and name not in self._registered:
            await self._visit(name, self._register(name, used))
        while not self.is_over:
            await asyncio.sleep(self._rng.expovariate(1 / PAUSE))
            if is_browser:
                await self._visit(name, self._browse(name, browser))
            else:
                await self._visit(name, self._call(name))

    async def _visit(self, name: str, visit: Coroutine[None, None, None]) -> None:
        """Carry a visit out, and record how it fails."""
        self.visits += 1
        try:
            await visit
        except (OSError, AssertionError, KeyError) as exc:
            self.failures.append(f"a visit of {name}: {exc!r}")

    async def _request(self, what: str, function: Callable[[], T]) -> T:
        """Call a function of a browser in a thread; record a late or missing answer."""
        began = time.monotonic()
        try:
            found = await asyncio.to_thread(function)
        except TimeoutError:
            raise TimeoutError(f"no answer to {what}") from None
        if time.monotonic() - began > LATE:
            self.late[what] += 1
        return found

    async def _dial(self) -> Device:
        port = self._server.tls_port
        wire = await dial_stream(port, "127.0.0.1", self._context)
        return Device(wire, self.claims, self.late)

    async def _register(self, name: str, browser: AccountClient | None) -> None:
        if browser is not None:
            await self._request(
                "registering", partial(browser.register, name, PASSWORD)
            )
            self._registered.add(name)
            self.done["registered by the page"] += 1
            return
        device = await self._dial()
        device.send("hello", version=1, late=True, name=name, rooms=[])
        await device.expect("welcome")
        device.send("register", password=PASSWORD, device="first")
        found = await device.expect("account", "error")
        self._keys[name] = found["data"]["key"]
        self._registered.add(name)
        self.done["registered"] += 1
        await device.wire.close()

    async def _call(self, name: str) -> None:
        """Sign in with the key, or with the password as a new device; talk; leave."""
        device = await self._dial()
        is_new = self._rng.random() < 0.3
        how = {"password": PASSWORD, "device": "new"} if is_new else {}
        how = how or {"key": self._keys[name]}
        room = self._rng.choice(ROOMS)
        device.send("hello", version=1, late=True, account=name, rooms=[room], **how)
        found = await device.expect("account", "error")
        assert found["type"] == "account", found
        self.done["signed in by a password" if is_new else "signed in by a key"] += 1
        await self._talk(device, room)
        if is_new:
            device.send("logout")
            await device.expect("bye")
            self.done["signed out"] += 1
        if self._rng.random() < 0.5:
            device.wire.reset()
        await device.wire.close()

    async def _talk(self, device: Device, room: str) -> None:
        device.send("join", room=room)
        while (await device.expect("room"))["data"]["room"] != room:
            pass
        for _ in range(SAID):
            text = f"account {next(self._numbers)}"
            said = await device.say(text, room)
            self.done["messages of accounts"] += said == "stored"
            await asyncio.sleep(self._rng.expovariate(2.0))
        device.send("direct", to=self._rng.choice(self._names))
        found = await device.expect("room", "error")
        if found["type"] == "room" and found["data"].get("kept"):
            direct = found["data"]["room"]
            text = f"account {next(self._numbers)}"
            self.done["direct messages of accounts"] += (
                await device.say(text, direct) == "stored"
            )
        device.send("leave", room=room)
        await device.expect("left", "error")

    async def _browse(self, name: str, browser: AccountClient) -> None:
        """Sign in by a form if nobody is; read pages, send a form, talk; sign out."""
        if not browser.account_cookies:
            await self._request("signing in", partial(browser.sign_in, name, PASSWORD))
            self.done["signed in by a form"] += 1
        for path in self._rng.sample(PAGES, 3):
            found = await self._request(path, partial(browser.get, path))
            assert found.status == 200, (path, found.status)
            self.done["pages loaded"] += 1
        port, cookie = self._server.secure_page_port, browser.cookie
        wire = await dial_page(port, "127.0.0.1", self._context, cookie)
        device = Device(wire, self.claims, self.late)
        room = self._rng.choice(ROOMS)
        device.send("hello", version=1, rooms=[room], name="")
        await device.expect("account")
        await self._talk(device, room)
        if self._rng.random() < 0.5:
            device.wire.reset()
        await device.wire.close()
        if self._rng.random() < 0.3:
            await self._request("signing out", partial(self._sign_out, browser))

    def _sign_out(self, browser: AccountClient) -> None:
        found = browser.post("/sign-out", page="/account")
        assert found.status == 303, (found.status, found.errors)
        self.done["signed out by a form"] += 1
