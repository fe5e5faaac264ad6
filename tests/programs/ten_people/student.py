"""A user of a client that a student wrote for the assignment."""

import signal
import sys
from collections.abc import Iterable
from pathlib import Path

from tests.proof.records import LOBBY, Received, RoomView

from ..process import Program
from ..sandbox import Sandbox
from .users import Meeting, User

STUDENT_CLIENT = Path(__file__).parents[2] / "peers" / "student_client.py"


class Student(User):
    """A user in the lobby, who starts the client again after each crash."""

    def __init__(
        self, meeting: Meeting, sandbox: Sandbox, port: int, name: str
    ) -> None:
        super().__init__(meeting, name, [LOBBY])
        self._sandbox, self._port = sandbox, port
        self._clients = [self._start()]

    def _start(self) -> Program:
        return self._sandbox.run(
            sys.executable, str(STUDENT_CLIENT), "127.0.0.1", str(self._port)
        )

    @property
    def client(self) -> Program:
        """The client that runs."""
        return self._clients[-1]

    def wait_until_here(self) -> None:
        """Wait until the client is in the lobby, and change its name."""
        notice = self.client.out.expect("has entered the chat")
        self.record.names.add(notice.split()[1])
        self.client.type(f"/setname {self.name}")
        self.client.out.expect(f"renamed to {self.name}")

    def command(self, line: str) -> None:
        self.client.type(line)

    def type_in(self, room: str, text: str) -> None:
        assert room == LOBBY
        self.client.type(text)

    def read(self, room: str, texts: Iterable[str]) -> None:
        assert room == LOBBY
        self.client.out.expect_all(f": {text}" for text in texts)

    def read_rename(self, room: str, name: str, to: str) -> None:
        assert room == LOBBY
        self.client.out.expect_all([f"[Server]: {name} renamed to {to}"])

    def read_topic(self, room: str, topic: str) -> None:
        raise AssertionError(f"the client cannot show the topic {topic} of {room}")

    def read_unsent(self, name: str, text: str) -> None:
        raise AssertionError(f"the client cannot write {text} to {name} alone")

    def notice_outage(self) -> None:
        self.client.out.expect("Server disconnected")
        assert self.client.wait() == 0

    def notice_return(self) -> None:
        self._clients.append(self._start())
        self.wait_until_here()
        self.is_away = False

    def quit(self) -> int:
        assert self.client.stop() == 128 + signal.SIGTERM  # it has no command for that
        return 0

    def everything_received(self) -> str:
        return "".join(each.out.text for each in self._clients)

    def complete_record(self) -> None:
        for client in self._clients:
            assert "crashed" not in client.err.text, client.err.text
            view = RoomView(is_plain=True, is_over=client is not self.client)
            for line in client.out.lines:
                source, _, text = line.partition(": ")
                if source != "[Server]" and text:
                    step = next(self.meeting.steps)
                    view.events.append(Received(0, source, text, step))
            self.record.views.append(view)
