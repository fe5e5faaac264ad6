"""Runs of messages: one look at each entry, whatever the number of runs."""

from collections.abc import Sequence
from typing import Any

from parlour.core.entries import Left, Said, message_run
from parlour.core.events import RoomName, SessionId


class Counted(Sequence[object]):
    """Entries that count how often one of them is looked at."""

    def __init__(self, entries: list[object]) -> None:
        self._entries, self.looks = entries, 0

    def __len__(self) -> int:
        return len(self._entries)

    def __getitem__(self, index: Any) -> Any:  # noqa: ANN401 -- or a slice
        self.looks += 1
        return self._entries[index]


def said(room: str, text: str = "hi") -> Said:
    return Said(RoomName(room), "ann", text, SessionId(1))


def test_a_run_ends_before_another_room_and_before_another_entry() -> None:
    left = Left(SessionId(1), RoomName("dev"), "")
    entries = [said("dev", "1"), said("dev", "2"), said("ops"), left, said("ops")]

    assert message_run(entries) == entries[:2]
    assert message_run(entries, 2) == [said("ops")]
    assert message_run(entries, 3) == []
    assert message_run([]) == []


def test_many_short_runs_take_two_looks_at_an_entry_at_most() -> None:
    entries = Counted([said(f"room{number % 2}") for number in range(1_000)])

    index = 0
    while index < len(entries):
        index += len(message_run(entries, index))

    assert entries.looks <= 2 * len(entries)
