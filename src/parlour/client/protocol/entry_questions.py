"""The questions that a client asks by itself when it enters a room."""

from typing import Final

from . import answers, session_encoder
from .client_state import ClientState
from .display_items import Live
from .ignored_users import IgnoredUsers
from .requests import AskHistory, AskUsers, Question
from .rooms import Room
from .server_events import MessagePage

RECENT_MESSAGES: Final = 20  # that an interactive user is shown on entering a room
RECENT_TIMEOUT: Final = 2.0  # seconds to wait for them before newer ones are shown
MAX_EARLY: Final = 900  # messages shown before the welcome that recent ones exclude


class EntryQuestions:
    """The questions for the recent messages of a room, and for its users.

    An *interactive* client asks for the former, and with *completes_names* for the
    latter. The answers are not shown like those to questions of the user.
    """

    def __init__(
        self, state: ClientState, *, interactive: bool, completes_names: bool
    ) -> None:
        self._display, self._outbox, self._rooms = state[:3]
        self._send_buffer = state.send_buffer
        self._interactive, self._completes_names = interactive, completes_names
        self.begin(0.0)

    def begin(self, now: float) -> None:
        """Start on a new connection."""
        self._began_at, self._timeout = now, RECENT_TIMEOUT

    def welcomed(self, now: float) -> None:
        """Record the welcome. An answer may take as long as it did."""
        self._timeout = max(RECENT_TIMEOUT, now - self._began_at)

    def ask(self, room: Room, now: float, *, last: int) -> None:
        """Ask about *room*: for its users, and for messages up to the sequence *last*.

        There are none if it is 0.
        """
        if self._completes_names and not self._outbox.in_flight.has(
            AskUsers, room.name
        ):
            self._send(AskUsers(room.name), now)
        is_wanted = self._interactive and last > 0
        if is_wanted and not self._outbox.in_flight.has(AskHistory, room.name):
            # The page may contain those that were shown before, and they are left out.
            early = min(len(room.unnumbered), MAX_EARLY)
            self._send(AskHistory(RECENT_MESSAGES + early, last + 1, room.name), now)
            self._display.hold(room.name, now + self._timeout)

    def _send(self, question: Question, now: float) -> None:
        self._outbox.in_flight.ask(question, now)
        self._send_buffer.add(session_encoder.encode(question))

    def recent_received(
        self, page: MessagePage, line: bytes, ignored: IgnoredUsers
    ) -> None:
        """Show the recent messages above those that were received since."""
        room = self._rooms.find(page.room)
        older = page.messages
        if room is not None:
            older = room.unnumbered.not_shown(older)
        more = page.more or len(older) > RECENT_MESSAGES
        older = older[-RECENT_MESSAGES:]
        read = 0
        if room is not None and room.read is not None:
            read, room.read_before = room.read_before, 0
        items = answers.recent(
            page._replace(messages=older, more=more), line, ignored=ignored, read=read
        )
        live = [Live(page.room)] if older else []
        self._display.release(page.room, *items, *live)
