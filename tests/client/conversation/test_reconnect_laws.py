"""Laws of coming back, whatever happens to the connection and to the server.

What is shown is the log from where we joined: in order, nothing twice, no gap that is
not declared. What is typed is kept once at the most, and if not at all, that is told.
In the end we have the name that we asked for last.
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
from tests.client.simulated_chat import World

GIVEN_UP = re.compile(r"(\d+) of (?:the|your) lines")


class Reader:
    """Somebody who reads what is shown, and holds it against the annals."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._epoch = self._welcomed = ""
        self._sequence = 0
        self._is_away = False
        self.has_joined = self.is_leaving = False
        self.lost = self.refused = 0  # lines, as told

    @property
    def place(self) -> tuple[str, int]:
        """The last message that was shown, or declared to be missed."""
        return self._epoch, self._sequence

    def look(self) -> None:
        """Read what is new."""
        for item in self._world.client.items_to_show():
            self._see(item)

    def _see(self, item: DisplayItem) -> None:
        match item:
            case Note(text):
                if (found := GIVEN_UP.match(text)) and "press Enter" not in text:
                    self.lost += int(found[1])
                if text.startswith("Reconnected"):
                    assert self._is_away, "is told once"
                    self._is_away = False
            case Disconnected(is_last):
                assert self.is_leaving or not is_last
                assert not self._is_away, "is told once"
                self._is_away = True
            case ChatMessage(_, _, line) | Answer(_, line) | ProtocolLine(line):
                word = json.loads(line)
                self._hear(word["type"], word["data"])
            case _:
                pass

    def _hear(self, kind: str, data: dict[str, object]) -> None:
        match kind, data:
            case "welcome", {"rooms": {"lobby": {"epoch": str(epoch), **stand}}}:
                self._welcomed = epoch
                if not self.has_joined:
                    self.has_joined, self._epoch = True, epoch
                    assert isinstance(stand["sequence"], int)
                    self._sequence = stand["sequence"]
            case "message", {"sequence": int(sequence), "message": str(text)}:
                assert self._welcomed == self._epoch, "a gap is declared"
                assert sequence == self._sequence + 1, "no gap, and none twice"
                assert self._world.annals[self._epoch].said[sequence] == text
                self._sequence = sequence
            case "missed", {"events": events, "resume_after": int(sequence)}:
                if events is None:
                    assert self._welcomed != self._epoch, "it could be known"
                    self._epoch = self._welcomed
                else:
                    assert events == sequence - self._sequence
                self._sequence = sequence
            case "error", {"code": "storage_full"}:
                self.refused += 1
            case _:
                pass


@settings(max_examples=200, stateful_step_count=40, deadline=None)
class Reconnecting(RuleBasedStateMachine):
    """A client of which everything is asked that a bad day may bring."""

    @initialize(
        interactive=st.booleans(), early=st.integers(0, 2), hurries=st.booleans()
    )
    def join(self, interactive: bool, early: int, hurries: bool) -> None:
        self.world = World(interactive=interactive)
        self.reader = Reader(self.world)
        self.interactive, self.typed, self.hurries = interactive, 0, hurries
        self.name, self.is_long_ago = "Ann", False
        self.type(early)
        self.world.talk()

    @rule(count=st.integers(1, 3))
    def type(self, count: int) -> None:
        for _ in range(count):
            self.typed += 1
            self.world.client.submit_line(f"line {self.typed}", self.world.server.now)

    @rule(letter=st.sampled_from("abcde"))
    def ask_for_a_name(self, letter: str) -> None:
        self.name = f"Ann {letter}"
        self.world.client.submit_line(f"/setname {self.name}", self.world.server.now)

    @rule()
    def press_enter(self) -> None:
        self.world.client.submit_line("", self.world.server.now)

    @rule(count=st.integers(1, 9))
    def others_speak(self, count: int) -> None:
        self.world.others_speak(count)

    @rule(count=st.integers(0, 400))
    def go_up(self, count: int) -> None:
        self.world.go_up(count)

    @rule(count=st.integers(0, 800))
    def arrive(self, count: int) -> None:
        self.world.arrive(count)

    @rule()
    def talk(self) -> None:
        self.world.talk()

    @rule(holds=st.booleans())
    def hold(self, holds: bool) -> None:
        self.world.server.is_storage_paused = holds

    @rule()
    def commit(self) -> None:
        self.world.commit()

    @rule()
    def refuse(self) -> None:
        self.world.refuse()

    @rule(is_kept=st.booleans())
    def fail(self, is_kept: bool) -> None:
        self.world.fail(is_kept=is_kept)

    @rule()
    def lose_the_connection(self) -> None:
        self.world.lose()

    @rule(is_heard=st.booleans())
    def crash(self, is_heard: bool) -> None:
        if is_heard:
            self.world.go_up(1 << 20)
        self.world.crash()

    @rule(late=st.integers(0, 2), refuses=st.booleans())
    def stop(self, late: int, refuses: bool) -> None:
        self.type(late)
        self.world.stop(refuses=refuses)

    @rule()
    def begin_another_history(self) -> None:
        self.world.renew()

    @rule(is_up=st.booleans(), hello_arrives=st.booleans(), is_late=st.booleans())
    def dial(self, is_up: bool, hello_arrives: bool, is_late: bool) -> None:
        self.world.dial(is_up=is_up, hello_arrives=hello_arrives, is_late=is_late)

    @rule(then=st.integers(0, 3))
    def come_back(self, then: int) -> None:
        """Let it all end well, for what can go wrong after that."""
        self.world.wait(31.0)
        self.world.dial(is_up=True)
        self.world.talk()
        self.type(then)

    @rule(seconds=st.sampled_from([0.01, 0.1, 1.0, 3.0, 31.0, 400.0]))
    def wait(self, seconds: float) -> None:
        self.world.wait(seconds)
        self.is_long_ago |= seconds > MAX_AGE  # who knows what name is still wanted

    @invariant()
    def all_that_is_shown_is_so(self) -> None:
        self.reader.look()

    @invariant()
    def nothing_is_kept_twice(self) -> None:
        for annals in self.world.annals.values():
            said = list(annals.said.values())
            assert len(said) == len(set(said))

    def teardown(self) -> None:
        if not self.hurries:
            self.settle()
        self.reader.is_leaving = True
        self.world.client.leave(self.world.server.now)
        if self.hurries:  # what has not arrived when a person is gone never does
            self.world.wait(INTERACTIVE_TIMEOUT)
            self.world.lose()
        self.world.calm()
        self.reader.look()

        self.nothing_is_kept_twice()
        assert self.missing <= self.reader.lost + self.reader.refused
        assert self.world.client.state is State.CLOSED
        assert self.world.client.exit_code is self.expected

    def settle(self) -> None:
        """Let everything be well before the client leaves."""
        world, reader = self.world, self.reader
        world.calm()
        reader.look()
        if self.interactive:
            world.client.submit_line(
                "", world.server.now
            )  # what was typed long ago, too
        world.calm()
        reader.look()

        head = world.server.history.extent(world.server.hub.room.name).head
        assert self.missing <= reader.lost + reader.refused
        assert reader.place == (world.epoch, head)
        assert self.is_long_ago or f": {self.name}, Bob" in world.names

    @property
    def missing(self) -> int:
        """How many lines are kept nowhere."""
        kept = {
            text
            for annals in self.world.annals.values()
            for text in annals.said.values()
        }
        return len({f"line {number + 1}" for number in range(self.typed)} - kept)

    @property
    def expected(self) -> ExitCode:
        """The exit code, by what was told."""
        if self.reader.lost:
            return ExitCode.LOST
        is_refused = self.reader.refused and not self.interactive
        return ExitCode.REFUSED if is_refused else ExitCode.SUCCESS


TestReconnecting = Reconnecting.TestCase
