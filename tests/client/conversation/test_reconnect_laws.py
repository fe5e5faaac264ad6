"""Laws of reconnecting, whatever happens to the connection and to the server.

The client shows the room from where it joined: in order, nothing twice, and every gap
is reported. A line is recorded at most once, and if it is not recorded, that is
reported. In the end the client has the name that it requested last.
"""

import json
import re

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
)

from parlour.client.exit_status import ExitCode
from parlour.client.protocol.display_items import (
    Answer,
    ChatMessage,
    Disconnected,
    DisplayItem,
    Note,
    ProtocolLine,
)
from parlour.client.protocol.outbox import MAX_AGE
from parlour.client.shutdown import INTERACTIVE_TIMEOUT, State
from tests.client.simulated_chat import SimulatedChat

LOST_LINES = re.compile(r"(\d+) of (?:the|your) lines")


class Reader:
    """A reader of what the client shows, which checks it against the histories."""

    def __init__(self, chat: SimulatedChat) -> None:
        self._chat = chat
        self._epoch = self._welcome_epoch = ""
        self._sequence = 0
        self._is_offline = False
        self.has_joined = self.is_leaving = False
        self.lost = self.refused = 0  # lines, as reported

    @property
    def position(self) -> tuple[str, int]:
        """The last message that was shown, or reported as missed."""
        return self._epoch, self._sequence

    def read(self) -> None:
        """Check the items that are new."""
        for item in self._chat.client.items_to_show():
            self._check(item)

    def _check(self, item: DisplayItem) -> None:
        match item:
            case Note(text):
                if (found := LOST_LINES.match(text)) and "press Enter" not in text:
                    self.lost += int(found[1])
                if text.startswith("Reconnected"):
                    assert self._is_offline, "reported once"
                    self._is_offline = False
            case Disconnected(is_last):
                assert self.is_leaving or not is_last
                assert not self._is_offline, "reported once"
                self._is_offline = True
            case ChatMessage(_, _, line) | Answer(_, line) | ProtocolLine(line):
                event = json.loads(line)
                self._check_event(event["type"], event["data"])
            case _:
                pass

    def _check_event(self, kind: str, data: dict[str, object]) -> None:
        match kind, data:
            case "welcome", {"rooms": {"lobby": {"epoch": str(epoch), **room}}}:
                self._welcome_epoch = epoch
                if not self.has_joined:
                    self.has_joined, self._epoch = True, epoch
                    assert isinstance(room["sequence"], int)
                    self._sequence = room["sequence"]
            case "message", {"sequence": int(sequence), "message": str(text)}:
                assert self._welcome_epoch == self._epoch, "a gap is reported"
                assert sequence == self._sequence + 1, "no gap and no duplicate"
                assert self._chat.stores[self._epoch].texts[sequence] == text
                self._sequence = sequence
            case "missed", {"events": events, "resume_after": int(sequence)}:
                if events is None:
                    assert self._welcome_epoch != self._epoch, "the number is known"
                    self._epoch = self._welcome_epoch
                else:
                    assert events == sequence - self._sequence
                self._sequence = sequence
            case "error", {"code": "storage_full"}:
                self.refused += 1
            case _:
                pass


@settings(max_examples=200, stateful_step_count=40, deadline=None)
class Reconnecting(RuleBasedStateMachine):
    """A client that is used while everything around it fails."""

    @initialize(interactive=st.booleans(), early=st.integers(0, 2), hasty=st.booleans())
    def join(self, interactive: bool, early: int, hasty: bool) -> None:
        self.chat = SimulatedChat(interactive=interactive)
        self.reader = Reader(self.chat)
        self.interactive, self.lines, self.is_hasty = interactive, 0, hasty
        self.name, self.was_long_offline = "Ann", False
        self.submit_lines(early)
        self.chat.deliver_all()

    @rule(count=st.integers(1, 3))
    def submit_lines(self, count: int) -> None:
        for _ in range(count):
            self.lines += 1
            self.chat.client.submit_line(f"line {self.lines}", self.chat.server.now)

    @rule(letter=st.sampled_from("abcde"))
    def rename(self, letter: str) -> None:
        self.name = f"Ann {letter}"
        self.chat.client.submit_line(f"/setname {self.name}", self.chat.server.now)

    @rule()
    def press_enter(self) -> None:
        self.chat.client.submit_line("", self.chat.server.now)

    @rule(count=st.integers(1, 9))
    def send_others(self, count: int) -> None:
        self.chat.send_others(count)

    @rule(count=st.integers(0, 400))
    def deliver_to_server(self, count: int) -> None:
        self.chat.deliver_to_server(count)

    @rule(count=st.integers(0, 800))
    def deliver_to_client(self, count: int) -> None:
        self.chat.deliver_to_client(count)

    @rule()
    def deliver_all(self) -> None:
        self.chat.deliver_all()

    @rule(is_paused=st.booleans())
    def pause_storage(self, is_paused: bool) -> None:
        self.chat.server.is_storage_paused = is_paused

    @rule()
    def commit(self) -> None:
        self.chat.commit()

    @rule()
    def refuse(self) -> None:
        self.chat.refuse()

    @rule(is_recorded=st.booleans())
    def fail(self, is_recorded: bool) -> None:
        self.chat.fail(is_recorded=is_recorded)

    @rule()
    def break_connection(self) -> None:
        self.chat.break_connection()

    @rule(is_delivered=st.booleans())
    def crash(self, is_delivered: bool) -> None:
        if is_delivered:
            self.chat.deliver_to_server(1 << 20)
        self.chat.crash()

    @rule(late=st.integers(0, 2), refuses=st.booleans())
    def stop(self, late: int, refuses: bool) -> None:
        self.submit_lines(late)
        self.chat.stop(refuses=refuses)

    @rule()
    def recreate_history(self) -> None:
        self.chat.recreate_history()

    @rule(is_up=st.booleans(), hello_arrives=st.booleans(), is_late=st.booleans())
    def try_connect(self, is_up: bool, hello_arrives: bool, is_late: bool) -> None:
        self.chat.try_connect(is_up=is_up, hello_arrives=hello_arrives, is_late=is_late)

    @rule(then=st.integers(0, 3))
    def reconnect(self, then: int) -> None:
        """Reconnect for certain, so that later rules start from a good state."""
        self.chat.wait(31.0)
        self.chat.try_connect(is_up=True)
        self.chat.deliver_all()
        self.submit_lines(then)

    @rule(seconds=st.sampled_from([0.01, 0.1, 1.0, 3.0, 31.0, 400.0]))
    def wait(self, seconds: float) -> None:
        self.chat.wait(seconds)
        # A rename that became stale is not sent: the final name is not known then.
        self.was_long_offline |= seconds > MAX_AGE

    @invariant()
    def everything_shown_is_true(self) -> None:
        self.reader.read()

    @invariant()
    def nothing_is_recorded_twice(self) -> None:
        for store in self.chat.stores.values():
            texts = list(store.texts.values())
            assert len(texts) == len(set(texts))

    def teardown(self) -> None:
        if not self.is_hasty:
            self.settle()
        self.reader.is_leaving = True
        self.chat.client.leave(self.chat.server.now)
        if self.is_hasty:  # data in flight when an interactive user leaves is lost
            self.chat.wait(INTERACTIVE_TIMEOUT)
            self.chat.break_connection()
        self.chat.recover()
        self.reader.read()

        self.nothing_is_recorded_twice()
        assert self.unrecorded <= self.reader.lost + self.reader.refused
        assert self.chat.client.state is State.CLOSED
        assert self.chat.client.exit_code is self.expected_code

    def settle(self) -> None:
        """Let everything be delivered before the client leaves, and check it."""
        chat, reader = self.chat, self.reader
        chat.recover()
        reader.read()
        if self.interactive:
            chat.client.submit_line("", chat.server.now)  # confirm stale lines
        chat.recover()
        reader.read()

        head = chat.server.history.extent(chat.server.hub.room.name).head
        assert self.unrecorded <= reader.lost + reader.refused
        assert reader.position == (chat.epoch, head)
        assert self.was_long_offline or f": {self.name}, Bob" in chat.users

    @property
    def unrecorded(self) -> int:
        """The number of lines that no history contains."""
        recorded = {
            text for store in self.chat.stores.values() for text in store.texts.values()
        }
        submitted = {f"line {number + 1}" for number in range(self.lines)}
        return len(submitted - recorded)

    @property
    def expected_code(self) -> ExitCode:
        """The exit code that follows from what was reported."""
        if self.reader.lost:
            return ExitCode.LOST
        is_refused = self.reader.refused and not self.interactive
        return ExitCode.REFUSED if is_refused else ExitCode.SUCCESS


TestReconnecting = Reconnecting.TestCase
