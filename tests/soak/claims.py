"""What clients of accounts know to be stored, which is compared with an export.

These clients share their sessions, rooms and direct conversations with other devices of
the same account, so a claim is all that one connection was sent.
"""

from collections import Counter
from typing import Any

from tests.proof import records
from tests.proof.violation import Violation


class Claims:
    """Messages that the server has acknowledged or delivered, by room and sequence."""

    def __init__(self) -> None:
        self.acknowledged = 0
        self._claims = dict[tuple[str, int], str]()
        self._found = list[Violation]()

    def acknowledge(self, data: dict[str, Any], text: str) -> None:
        """Record that *text* is stored."""
        self.acknowledged += 1
        self._claim(data["room"], data["sequence"], text)

    def receive(self, data: dict[str, Any]) -> None:
        """Record a message that was delivered."""
        self._claim(data["room"], data["sequence"], data["message"])

    def _claim(self, room: str, sequence: int, text: str) -> None:
        known = self._claims.setdefault((room, sequence), text)
        if known != text:
            details = f"#{room} {sequence}: {known!r} and {text!r}"
            self._found.append(Violation("one order", "accounts", details))

    def violations(self, recorded: records.Rooms) -> list[Violation]:
        """Compare all of them with what is stored."""
        found = list(self._found)
        stored = {
            (room, each.sequence): each.text
            for room, messages in recorded.items()
            for each in messages
        }
        for (room, sequence), text in self._claims.items():
            if stored.get((room, sequence)) != text:
                details = f"#{room} {sequence}: {text!r} is not stored"
                promise = "acknowledged messages are stored"
                found.append(Violation(promise, "accounts", details))
        texts = Counter(
            (room, text)
            for (room, _), text in stored.items()
            if text.startswith("account ")
        )
        for (room, text), times in texts.items():
            if times > 1:
                details = f"#{room}: {text!r} is stored {times} times"
                found.append(Violation("nothing is stored twice", "accounts", details))
        return found
