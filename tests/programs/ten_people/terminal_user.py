"""A user of the client on a terminal."""

import re
from collections.abc import Iterable, Sequence
from itertools import groupby

from tests.proof.records import Received, RenameTold, RoomView

from ..launch import CLIENT
from ..sandbox import Sandbox
from .screen_reader import ScreenReader, Shown
from .users import DIRECT_SIGN, Meeting, User

CTRL_U = "\x15"
PROMPT = re.compile(r"(?:.*[ |])?([#@]\S+)>")


class TerminalUser(User):
    """A user of a terminal, which shows the current room, or all if it *shows_all*."""

    hides_ignored = True

    def __init__(
        self,
        meeting: Meeting,
        sandbox: Sandbox,
        port: int,
        engine: str,
        name: str,
        rooms: Sequence[str],
        *,
        shows_all: bool = False,
    ) -> None:
        super().__init__(meeting, name, rooms)
        self._first, self._shows_all = label_of(rooms[0]), shows_all
        options = [f"--room={room}" for room in rooms] + ["--all-rooms"] * shows_all
        where = ["127.0.0.1", str(port), "--engine", engine]
        self.terminal = sandbox.start_on_terminal(
            *CLIENT, *where, "--name", name, "--reconnect", *options
        )

    def wait_until_here(self) -> None:
        """Wait until the client has entered its rooms."""
        notices = f"{self.name} has entered the chat", f"renamed to {self.name}"
        self.terminal.wait_until(  # a late hello renames an address
            lambda: any(each in self.terminal.text for each in notices), notices[0]
        )
        self.terminal.wait_until(lambda: self._current == self._first, "the prompt")

    @property
    def _current(self) -> str:
        """The label of the current room, in the prompt; empty while a line is typed."""
        found = PROMPT.fullmatch(self.terminal.lines[-1])
        return found[1] if found is not None else ""

    def enter(self, line: str) -> None:
        """Type *line* at the prompt, and wait until it is above the prompt."""
        before = self.terminal.text.count(f"> {line}")
        self.terminal.enter(line)

        def is_entered() -> bool:
            return (
                self.terminal.text.count(f"> {line}") > before and self._current != ""
            )

        self.terminal.wait_until(is_entered, line)

    def go_to(self, room: str) -> None:
        """Make *room* the current one."""
        label = label_of(room)
        if self._current != label:
            self.enter(f"/room {label}")
            self.terminal.wait_until(lambda: self._current == label, f"in {label}")

    def command(self, line: str) -> None:
        self.enter(line)

    def join(self, room: str) -> None:
        super().join(room)
        self.terminal.expect(f"-- You are in {label_of(room)}")

    def ignore(self, name: str) -> None:
        super().ignore(name)
        self.terminal.expect(f"-- You ignore {name}")
        self.ignores_now()

    def set_topic(self, room: str, topic: str) -> None:
        """Set the topic of *room*."""
        self.go_to(room)
        self.enter(f"/topic {topic}")

    def open_conversation(self, name: str) -> None:
        """Open a conversation and make it the current room."""
        self.enter(f"/msg {name}")
        label = DIRECT_SIGN + name
        self.terminal.wait_until(lambda: self._current == label, f"in {label}")

    def type_in(self, room: str, text: str) -> None:
        self.go_to(room)
        self.enter(text)

    def read(self, room: str, texts: Iterable[str]) -> None:
        if not self._shows_all:
            self.go_to(room)
        for text in texts:
            self.terminal.expect(f": {text}")

    def read_rename(self, room: str, name: str, to: str) -> None:
        self.go_to(room)
        self.terminal.expect(f"[Server]: {name} renamed to {to}")

    def read_topic(self, room: str, topic: str) -> None:
        self.go_to(room)
        self.terminal.expect(f"changed the topic to: {topic}")
        note = f"-- The topic of {label_of(room)}: {topic}"
        before = self.terminal.text.count(note)
        self.enter("/topic")
        self.terminal.expect(note, before + 1)

    def read_unsent(self, name: str, text: str) -> None:
        self.terminal.expect(f"-- Not sent to {DIRECT_SIGN}{name}: {text}")

    def write_in_closed(self, name: str, words: str) -> None:
        """Type a text in a conversation that is over, where it stays, and delete it."""
        text = self.compose(DIRECT_SIGN + name, words)
        self.record.sent[text].is_abandoned = True
        self.terminal.enter(text)
        self.terminal.expect(f"-- Not sent: {DIRECT_SIGN}{name} is closed")
        self.terminal.press(CTRL_U)
        prompt = f"{DIRECT_SIGN}{name} (closed)>"
        self.terminal.wait_until(
            lambda: self.terminal.lines[-1].endswith(prompt), "an empty prompt"
        )

    def notice_outage(self) -> None:
        self.terminal.expect("Server disconnected", self.meeting.crashes)

    def notice_return(self) -> None:
        self.terminal.press("\r")  # which connects at once
        self.terminal.expect("-- Reconnected after", self.meeting.crashes)

    def quit(self) -> int:
        self.terminal.enter("/quit")
        return self.terminal.wait()

    def everything_received(self) -> str:
        return self.terminal.text

    def complete_record(self) -> None:
        lines = self.terminal.lines
        reader = ScreenReader(self._first, shows_all=self._shows_all)
        reader.read(lines)
        shown = sorted(reader.messages, key=_stay)  # the order in a stay remains
        for (label, stay), messages in groupby(shown, _stay):
            events = [
                Received(0, each.source, each.text, next(self.meeting.steps))
                for each in messages
            ]
            is_over = stay < reader.stays[label]
            room = self.room_of(label, stay)
            view = RoomView(room, events=[*events], is_plain=True, is_over=is_over)
            self.record.views.append(view)
        self.record.renames += [
            RenameTold(1, f"{each.label} {each.stay}", each.name, each.to)
            for each in reader.renames
        ]
        previews = [each.text for each in reader.previews]
        assert len(previews) == len(set(previews)), previews

    def room_of(self, label: str, stay: int) -> str:
        """Return the name of the room with this label in the records."""
        if not label.startswith(DIRECT_SIGN):
            return label[1:]
        names = self.record.name, label[1:]
        return self.meeting.direct_room(*names, crashes=stay)


def label_of(room: str) -> str:
    """Return how a terminal shows *room*."""
    return room if room.startswith(DIRECT_SIGN) else f"#{room}"


def _stay(shown: Shown) -> tuple[str, int]:
    return shown.label, shown.stay
