"""Answers are made by few threads, for those who are still there."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from parlour.core.storage import StorageError
from parlour.gateways.web.chat_queries import ASKER, WAIT, Asker, HallChat
from parlour.gateways.web.scheduler import TURN, Turns
from parlour.gateways.web.workers import CrowdedError, Makers

PATIENCE = 10.0  # seconds


class Waiting:
    is_gone = False


def test_who_has_gone_gets_nothing_made_and_frees_the_place() -> None:
    made: list[bool | None] = []

    async def play() -> None:
        makers, done = Makers("test", 1, 2), threading.Event()
        first, gone, second, third = Waiting(), Waiting(), Waiting(), Waiting()

        async def ask(asker: Waiting) -> None:
            made.append(await makers.make(asker, lambda: done.wait(PATIENCE)))

        async with asyncio.TaskGroup() as group:
            for each in (first, gone, second):
                group.create_task(ask(each))
            await asyncio.sleep(0)
            with pytest.raises(CrowdedError):
                await makers.make(third, bool)
            makers.forget(gone)
            await asyncio.sleep(0)
            group.create_task(ask(third))
            await asyncio.sleep(0)
            done.set()
        makers.close()

    asyncio.run(play())

    assert made == [None, True, True, True]


class Taker:
    def __init__(self, turns: Turns, left: int, log: list[str], name: str) -> None:
        self.turns, self.left, self.log, self.name = turns, left, log, name

    def take_slice(self) -> int:
        self.log.append(self.name)
        self.left -= 1
        if self.left:
            self.turns.add(self)
        return TURN // 2


def test_pages_take_in_slices_in_turn_and_others_come_between() -> None:
    async def play() -> list[str]:
        turns = Turns()
        log: list[str] = []
        for name in "abc":
            turns.add(Taker(turns, 2, log, name))
        while len(log) < 8:
            await asyncio.sleep(0)
            log.append("-")
        return log

    assert "".join(asyncio.run(play())).replace("--", "-")[:9] == "ab-ca-bc-"


def test_a_thread_waits_for_nobody_who_has_gone() -> None:
    asker, asked = Asker(), threading.Event()

    class Silent:
        """A hall that never answers."""

        def snapshot(self, _: object) -> None:
            asked.set()

    def ask() -> str:
        ASKER.set(asker)
        with pytest.raises(StorageError) as told:
            HallChat(Silent()).view()  # type: ignore[arg-type]  # asked nothing else
        return str(told.value)

    with ThreadPoolExecutor(1) as threads:
        found = threads.submit(ask)
        assert asked.wait(PATIENCE)
        asker.leave()

        assert found.result(WAIT / 2) == "nobody waits for this any more"
