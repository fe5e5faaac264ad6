"""Laws of reconnecting, whatever happens to the connection and to the server.

The client shows each of its rooms from where it entered it: in order, nothing twice,
and every gap is reported. Whatever it received is shown. A line is recorded at most
once and in its own room only, and if it is not recorded, that is reported. A direct
message is delivered at most once, and to nobody else. In the end the client has the
name that it requested last.
"""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
)

from parlour.client.exit_status import ExitCode
from parlour.client.protocol.negotiation import MAX_UNANSWERED, RESUME_PLAIN_TIMEOUT
from parlour.client.protocol.outbox import MAX_AGE
from parlour.client.shutdown import INTERACTIVE_TIMEOUT, State
from parlour.core.events import LOBBY, RoomName, is_direct_room
from tests.client.history_reader import HistoryReader
from tests.client.simulated_chat import DEV, ROOMS, SimulatedChat

OPS = RoomName("ops")


@settings(max_examples=200, stateful_step_count=40, deadline=None)
class Reconnecting(RuleBasedStateMachine):
    """A client that is used while everything around it fails."""

    @initialize(interactive=st.booleans(), early=st.integers(0, 2), hasty=st.booleans())
    def join(self, interactive: bool, early: int, hasty: bool) -> None:
        self.chat = SimulatedChat(interactive=interactive)
        self.reader = HistoryReader(self.chat)
        self.interactive, self.lines, self.is_hasty = interactive, 0, hasty
        self.name, self.was_long_offline = "Ann", False
        self.deaf = 0  # connections that were dead in the direction to the server
        self.rooms: dict[str, str] = {}  # by the line that was submitted there
        self.submit_lines(early, DEV)
        self.chat.deliver_all()

    @rule(count=st.integers(1, 3), room=st.sampled_from([*ROOMS, OPS]))
    def submit_lines(self, count: int, room: str) -> None:
        for _ in range(count if self.is_open else 0):
            self.lines += 1
            text = f"line {self.lines}"
            self.rooms[text] = room
            self.chat.client.submit_line(text, self.chat.server.now, room)

    @rule(name=st.sampled_from(["Bob", "bob", "Nobody"]))
    def submit_whisper(self, name: str) -> None:
        self.lines += self.is_open
        text = f"line {self.lines}"
        if name == "Nobody":
            self.rooms[text] = name
        self.chat.client.submit_line(f"/msg {name} {text}", self.chat.server.now)

    @rule(
        command=st.sampled_from(["/join ops", "/leave ops", "/leave dev", "/join dev"])
    )
    def enter_and_leave(self, command: str) -> None:
        self.chat.client.submit_line(command, self.chat.server.now)

    @rule()
    def receive_whisper(self) -> None:
        self.chat.whisper(self.name)

    @rule(letter=st.sampled_from("abcde"))
    def rename(self, letter: str) -> None:
        self.name = f"Ann {letter}"
        self.chat.client.submit_line(f"/setname {self.name}", self.chat.server.now)

    @rule()
    def press_enter(self) -> None:
        self.chat.client.submit_line("", self.chat.server.now)

    @rule(count=st.integers(1, 9), room=st.sampled_from(ROOMS))
    def send_others(self, count: int, room: str) -> None:
        self.chat.send_others(count, room)

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
        self.submit_lines(late, DEV)
        self.chat.stop(refuses=refuses)

    @rule()
    def recreate_history(self) -> None:
        self.chat.recreate_history()

    @rule(is_up=st.booleans(), hello_arrives=st.booleans(), is_late=st.booleans())
    def try_connect(self, is_up: bool, hello_arrives: bool, is_late: bool) -> None:
        self.chat.try_connect(is_up=is_up, hello_arrives=hello_arrives, is_late=is_late)

    @rule(others=st.integers(0, 9))
    def connect_in_one_direction(self, others: int) -> None:
        """Lose hello, and everything else that the client sends, but nothing else.

        As often as the server could become a plain one, the lines could be lost.
        """
        if self.chat.client.is_offline and self.deaf < MAX_UNANSWERED - 1:
            self.deaf += 1
            self.chat.wait(31.0)
            self.chat.try_connect(is_up=True, is_deaf=True)
            self.chat.send_others(others, LOBBY)
            self.chat.deliver_to_client()
            self.chat.wait(RESUME_PLAIN_TIMEOUT)

    @rule(then=st.integers(0, 3))
    def reconnect(self, then: int) -> None:
        """Reconnect for certain, so that later rules start from a good state."""
        self.chat.wait(31.0)
        self.chat.try_connect(is_up=True)
        self.chat.deliver_all()
        self.submit_lines(then, DEV)

    @rule(seconds=st.sampled_from([0.01, 0.1, 1.0, 3.0, 31.0, 400.0]))
    def wait(self, seconds: float) -> None:
        self.chat.wait(seconds)
        # A rename that became stale is not sent: the final name is not known then.
        self.was_long_offline |= seconds > MAX_AGE

    @invariant()
    def everything_shown_is_true(self) -> None:
        self.reader.read()

    @invariant()
    def nothing_is_recorded_twice_or_elsewhere(self) -> None:
        for store in self.chat.stores.values():
            texts = [t for room in store.texts.values() for t in room.values()]
            assert len(texts) == len(set(texts))
            for room, found in store.texts.items():
                assert all(
                    self.rooms.get(text, room) == room for text in found.values()
                )
        whispered = self.chat.whispered_to_bob
        assert len(whispered) == len(set(whispered))
        assert not self.rooms.keys() & set(whispered)

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

        self.nothing_is_recorded_twice_or_elsewhere()
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

        assert self.unrecorded <= reader.lost + reader.refused
        assert not self.is_open or chat.received_plain <= reader.shown_of_bob
        for room, position in reader.positions.items() if self.is_open else ():
            if not is_direct_room(room):
                assert position.epoch.partition(".")[0] == chat.epoch
                assert not reader.missing(room)
                assert self.was_long_offline or self.name in self.users(room)

    def users(self, room: str) -> list[str]:
        return self.chat.server.user_names(RoomName(room))

    @property
    def is_open(self) -> bool:
        return self.chat.client.state is State.OPEN

    @property
    def unrecorded(self) -> int:
        """The number of lines that no history contains."""
        recorded = {
            text
            for store in self.chat.stores.values()
            for texts in store.texts.values()
            for text in texts.values()
        } | self.reader.whispered.union(self.chat.whispered_to_bob)
        submitted = {f"line {number + 1}" for number in range(self.lines)}
        return len(submitted - recorded)

    @property
    def expected_code(self) -> ExitCode:
        """The exit code that follows from what was reported."""
        if self.reader.lacks_rooms:
            return ExitCode.NO_CONNECTION
        if self.reader.lost:
            return ExitCode.LOST
        is_refused = self.reader.has_refused and not self.interactive
        return ExitCode.REFUSED if is_refused else ExitCode.SUCCESS


TestReconnecting = Reconnecting.TestCase
