"""What a driver is given, and what both drivers say in the same words."""

import logging
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from socket import socket
from typing import Final

from parlour.core.connection import Ended
from parlour.core.dialect import Dialect
from parlour.core.hub import Hub
from parlour.history import History

from .logs import log
from .report import page
from .trace import Trace

ACCEPT_LOG_WAIT: Final = 10.0  # seconds between two lines about failing accepts
STOPPED: Final = "the server is shutting down"


@dataclass(slots=True)
class Service:
    """A chat that is to be served on *listeners*, which listen already."""

    hub: Hub
    history: History
    listeners: list[socket]
    recv_size: int
    announce: Callable[[], None]
    """To be called once connections are accepted."""
    console: Dialect | None = None
    """How the chat looks on the server's own terminal, if it is shown."""
    trace: Trace | None = None
    started: float = 0.0
    _accept_logged: float | None = None

    def record(self, turn: AbstractContextManager[object]) -> None:
        """Make the pending drafts messages (step 3), and the room hears them.

        The hub is used inside *turn* only, the history outside of it.
        """
        with turn:
            drafts = self.hub.drafts()
        if drafts:
            messages = self.history.append(drafts, time.time())
            with turn:
                self.hub.recorded(messages)

    def answer(self, turn: AbstractContextManager[object]) -> None:
        """Answer what members ask of the history (step 4), in the same way."""
        with turn:
            questions = self.hub.questions()
        for question in questions:
            read = self.history.before
            found = read(question.room, question.before, question.limit)
            with turn:
                self.hub.answered(question, found)

    def log_accept_failure(self, exc: BaseException | None, now: float) -> None:
        """Log that a connection could not be accepted, at most once in a while."""
        last = self._accept_logged
        if last is None or now - last >= ACCEPT_LOG_WAIT:
            self._accept_logged = now
            log(logging.ERROR, "accept.failed", reason=str(exc))

    def report(self, now: float) -> str:
        """Return a page of state."""
        return page(self.hub, now - self.started)


def log_turned(address: str, code: str) -> None:
    """Log that a connection was not let in."""
    log(logging.WARNING, "connection.turned", address=address, code=code)


def log_opened(session: int, address: str) -> None:
    """Log that a session began."""
    log(logging.DEBUG, "session.opened", session=session, address=address)


def log_closed(ended: Ended, address: str) -> None:
    """Log that a session is over."""
    log(
        logging.INFO,
        "session.closed",
        session=ended.session,
        address=address,
        code=ended.code,
        reason=ended.reason,
    )
