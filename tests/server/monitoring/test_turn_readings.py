"""Readings are shared by those who ask at the same time, or too often."""

import asyncio
from collections.abc import Callable

import pytest

from parlour.server.batch_times import BatchTimes
from parlour.server.monitoring import turn_readings
from parlour.server.monitoring.readings import Reading, read
from parlour.server.monitoring.turn_readings import (
    READING_RATE,
    NoTurnError,
    TurnReadings,
)
from tests.server.running_servers import serve_async


class Driver:
    """A driver that takes a turn when a test wants one, and counts its readings."""

    def __init__(self) -> None:
        self.calls: list[Callable[[], None]] = []
        with serve_async() as server:
            self._reading = read(server.runtime, BatchTimes())
        self.readings = 0

    def read(self) -> Reading:
        self.readings += 1
        return self._reading

    def turn(self) -> None:
        for call in self.calls:
            call()
        self.calls.clear()


def test_those_who_wait_share_one_reading() -> None:
    driver = Driver()
    readings = TurnReadings(driver.read, driver.calls.append)

    async def ask_twice() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(readings.next())
            group.create_task(readings.next())
            await asyncio.sleep(0)
            driver.turn()

    asyncio.run(ask_twice())

    assert driver.readings == 1


def test_those_who_ask_too_often_get_the_last_reading_again() -> None:
    driver = Driver()
    readings = TurnReadings(driver.read, lambda call: call())
    burst = int(READING_RATE.burst)

    async def ask_often() -> None:
        for _ in range(3 * burst):
            await readings.next()

    asyncio.run(ask_often())

    assert burst <= driver.readings < 2 * burst


def test_a_late_reading_is_used_when_it_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    driver = Driver()
    readings = TurnReadings(driver.read, driver.calls.append)

    async def ask_before_and_after_a_turn() -> None:
        monkeypatch.setattr(turn_readings, "TURN_TIMEOUT", 0.0)
        for _ in range(3):
            with pytest.raises(NoTurnError):
                await readings.next()
        monkeypatch.setattr(turn_readings, "TURN_TIMEOUT", 10.0)
        driver.turn()
        await readings.next()

    asyncio.run(ask_before_and_after_a_turn())

    assert driver.readings == 1


def test_an_exception_reaches_whoever_asks() -> None:
    def fail() -> Reading:
        raise ZeroDivisionError

    async def ask() -> None:
        with pytest.raises(ZeroDivisionError):
            await TurnReadings(fail, lambda call: call()).next()

    asyncio.run(ask())
