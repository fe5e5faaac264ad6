"""The messages of a client: those that wait for an answer, and those to repeat."""

from collections import deque
from collections.abc import Iterator
from typing import Any, Final

from .records import DIRECT, LOBBY, Acknowledged, ClientRecord, Sent
from .room_views import RoomViews
from .wire import line, message

MESSAGE_REFUSALS: Final = {
    "storage_full",
    "storage_readonly",
    "storage_busy",
    "stopping",
}
"""Codes of messages that may be repeated later; they never refuse requests."""


class Outbox:
    """What a client of the session dialect sends; it records all of that.

    It repeats unanswered messages on the next connection. It repeats messages that the
    history refused then, too, and when the server stores messages again, unless it
    *abandons_refused* ones.
    """

    def __init__(
        self, record: ClientRecord, rooms: RoomViews, steps: Iterator[int]
    ) -> None:
        self.abandons_refused = False
        self.faults = list[str]()
        self._record, self._rooms, self._steps = record, rooms, steps
        self._unanswered = dict[str, Sent]()  # by id, in the order of first sending
        self._to_retry = dict[str, Sent]()  # those of them to retry
        self._without_id = deque[Sent]()  # sent without an id on this connection
        self._with_id = dict[str, Sent]()  # everything that was sent with an id

    @property
    def unanswered(self) -> int:
        """The number of messages that wait for an answer."""
        return len(self._unanswered)

    def connect(self) -> None:
        """Begin a connection, and repeat what is unanswered."""
        self._without_id.clear()
        self._to_retry = dict(self._unanswered)

    def give_up(self) -> None:
        """Wait for no answer any more."""
        for sent in self._unanswered.values():
            sent.is_abandoned = True

    def send(self, text: str, room: str) -> bytes:
        """Send *text*, and retry until it is acknowledged."""
        number = f"{len(self._with_id)}"
        self._with_id[number] = self._unanswered[number] = self._sent(text, room)
        return message(room, text, number)

    def send_without_id(self, text: str) -> bytes:
        """Send *text* to the lobby without an id: it is never repeated."""
        sent = self._sent(text, LOBBY)
        sent.is_abandoned = True
        self._without_id.append(sent)
        return line("message", text)

    def retry(self) -> bytes:
        """Repeat the messages that were refused and not abandoned."""
        refused, self._to_retry = self._to_retry, {}
        for sent in refused.values():
            sent.attempts.append(next(self._steps))
            sent.may_be_refused |= not self._is_surely_in(sent.room)
        said = refused.items()
        return b"".join([message(sent.room, sent.text, id_) for id_, sent in said])

    def _sent(self, text: str, room: str) -> Sent:
        readers = None
        if room.startswith(DIRECT):
            readers = frozenset({self._record.name, self._rooms.partners[room]})
        sent = Sent(text, [next(self._steps)], room=room, readers=readers)
        sent.may_be_refused = not self._is_surely_in(room)
        self._record.sent[text] = sent
        return sent

    def _is_surely_in(self, room: str) -> bool:
        """Return whether the server does not refuse messages in *room*."""
        return room in self._rooms.entered or room == LOBBY

    # -- answers ------------------------------------------------------------------

    def acknowledge(self, data: dict[str, Any], log: int) -> None:
        """Record that a message is stored, in the history with number *log*."""
        number, sequence = data.get("id"), data["sequence"]
        sent = self._answered(number)
        if sent is None:
            return
        if data["room"] != sent.room:
            self.faults.append(f"{sent.text!r} was stored in {data['room']}")
        sent.stored.append(Acknowledged(sequence, next(self._steps), log))
        self._settle(number)

    def refuse(self, data: dict[str, Any]) -> bool:
        """Process an error; return whether it was about a message."""
        number, code, about = data.get("id"), data["code"], data.get("about")
        if code == "outcome_unknown":
            return True  # it is repeated on the next connection
        is_plain = about is None and code in MESSAGE_REFUSALS
        if number is None and not is_plain and about != "message":
            return False
        self._refuse_message(number, code)
        return True

    def _refuse_message(self, number: str | None, code: str) -> None:
        sent = self._answered(number)
        if sent is None:
            return
        sent.refused += 1
        if number is None:
            return
        if self.abandons_refused or code not in MESSAGE_REFUSALS:
            sent.is_abandoned = True
            self._settle(number)
        elif number in self._unanswered:
            self._to_retry[number] = sent

    def _settle(self, number: str | None) -> None:
        """Wait no longer for the answer to a message."""
        if number is not None:
            self._unanswered.pop(number, None)
            self._to_retry.pop(number, None)

    def _answered(self, number: str | None) -> Sent | None:
        """Return the message that an answer is about."""
        if number is None and self._without_id:
            return self._without_id.popleft()
        sent = self._with_id.get(number or "")
        if sent is None:
            self.faults.append(f"an answer to {number}, which was never sent")
        return sent
