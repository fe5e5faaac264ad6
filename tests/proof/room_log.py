"""The messages of one room in order, as the store or the clients know them."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from .records import (
    ANYBODY,
    DIRECT,
    Page,
    Received,
    RoomView,
    Run,
    StoredHistory,
    StoredMessage,
)
from .violation import Violation


class RoomLog:
    """The messages of a room; their *places* count from 0, whatever their sequences."""

    def __init__(
        self,
        room: str,
        messages: list[StoredMessage],
        *,
        is_kept: bool = True,
        is_pruned: bool = False,
    ) -> None:
        self.room, self.messages = room, messages
        self.is_kept = is_kept
        self.may_have_gaps = is_pruned or not is_kept
        """Whether a resume may find that messages are no longer stored."""
        self._sequences = [each.sequence for each in messages]
        self.place_of_text = {each.text: n for n, each in enumerate(messages)}

    def __len__(self) -> int:
        return len(self.messages)

    def place_after(self, sequence: int) -> int:
        """Return the place of the first message after *sequence*."""
        return bisect_right(self._sequences, sequence)

    def place(self, sequence: int) -> int | None:
        """Return the place of the message *sequence*, if there is one."""
        place = bisect_left(self._sequences, sequence)
        found = place < len(self) and self._sequences[place] == sequence
        return place if found else None

    def has(self, received: Received, place: int) -> bool:
        """Return whether *received* is the message at *place*."""
        _, source, text = self.messages[place]
        return text == received.text and source in {"", received.source}


def room_logs(run: Run, number: int) -> dict[str, RoomLog]:
    """Return the rooms of the history with this number, by name.

    Direct rooms are not stored: their messages are those that a client knows of.
    """
    history = run.histories[number]
    logs = {
        room: RoomLog(room, messages, is_pruned=history.is_pruned)
        for room, messages in history.rooms.items()
    }
    for room, known in _known_direct(run, number).items():
        messages = sorted(known, key=lambda each: (each.sequence, each.text))
        logs[room] = RoomLog(room, messages, is_kept=False)
    return logs


def empty_log(room: str, history: StoredHistory) -> RoomLog:
    """Return the log of a room in which nothing was said."""
    is_kept = not room.startswith(DIRECT)
    return RoomLog(room, [], is_kept=is_kept, is_pruned=history.is_pruned)


def heard_in(view: RoomView, log: RoomLog, ignored: set[str]) -> RoomLog:
    """Return what a client had to hear in a view of a room.

    It may miss direct messages from names that either of the two has *ignored*, its own
    included: the server drops them.
    """
    if log.is_kept or not ignored:
        return log
    heard = {event.text for event in view.events if isinstance(event, Received)}
    messages = [
        each
        for each in log.messages
        if each.text in heard or (each.source not in ignored and each.source)
    ]
    return RoomLog(log.room, messages, is_kept=False)


def ignored_by_room(run: Run) -> dict[str, set[str]]:
    """Return the names that one of the two in each direct room asked to ignore."""
    pairs = dict[str, set[str]]()
    for client in run.clients:
        for sent in client.sent.values():
            if sent.readers is not None:
                pairs.setdefault(sent.room, set()).update(sent.readers)
    return {
        room: {
            name
            for client in run.clients
            if not pair.isdisjoint({client.name, ANYBODY})
            for name in client.ever_ignored
        }
        for room, pair in pairs.items()
    }


def check_order(log: RoomLog, whom: str) -> Iterator[Violation]:
    """Check that sequences increase, and that no message is in the room twice."""
    places = dict[str, int]()
    last = 0
    for message in log.messages:
        sequence, _, text = message
        if sequence <= last:
            details = f"{message} after {last}"
            yield Violation("all see one order of a room", whom, details)
        if text in places:
            details = f"{text!r} at {places[text]} and {sequence}"
            yield Violation("nothing is stored twice", whom, details)
        last, places[text] = sequence, sequence


def _known_direct(run: Run, number: int) -> dict[str, set[StoredMessage]]:
    """Return what the clients know of each direct room: received or acknowledged."""
    known = dict[str, dict[tuple[int, str], str]]()
    for room, received in _received(run, number):
        texts = known.setdefault(room, {})
        texts[received.sequence, received.text] = received.source
    for client in run.clients:
        for sent in client.sent.values():
            for stored in sent.stored:
                if sent.room.startswith(DIRECT) and stored.log == number:
                    texts = known.setdefault(sent.room, {})
                    texts.setdefault((stored.sequence, sent.text), "")
    return {
        room: {
            StoredMessage(sequence, source, text)
            for (sequence, text), source in texts.items()
        }
        for room, texts in known.items()
    }


def _received(run: Run, number: int) -> Iterator[tuple[str, Received]]:
    """Yield what the clients received in direct rooms, live or in pages."""
    for client in run.clients:
        for view in client.views:
            if view.room.startswith(DIRECT) and view.log == number:
                for event in view.events:
                    if isinstance(event, Received):
                        yield view.room, event
        for page in client.pages:
            yield from _of_page(page, number)


def _of_page(page: Page, number: int) -> Iterator[tuple[str, Received]]:
    if page.room.startswith(DIRECT) and page.log == number:
        for received in page.messages:
            yield page.room, received
