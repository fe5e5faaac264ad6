"""The forms of accounts: what they ask of the chat, each in a session of its own.

They keep order, invite, enter rooms, and mark them as read.

The chat decides who may do what, for these sessions as for any other.
"""

import json
from collections.abc import Callable
from concurrent.futures import Future
from hashlib import sha256
from threading import Lock
from typing import Final, Literal, NamedTuple

from parlour.core.events import Refused, RoomName
from parlour.core.ports import Server
from parlour.core.sessions.sanction_lists import RoomOrder

from .accounts import Visitor
from .chat_queries import QUERY_TIMEOUT, wait
from .cookies import Credentials
from .form_session import MAX_FORM_ID, MIN_FORM_ID
from .hub_session import Data, HubSessions, Line, hello
from .order_acts import UNKNOWN_ACT

MAX_KNOWN: Final = 1000  # forms that are recognised if they are sent again
DONE: Final = "done"
QUESTION: Final = "done?"
"""The token of the ping after each line: its pong says that the line is processed."""


class NewInvitation(NamedTuple):
    """An invitation of somebody called *name*, or by a code; *until* is a timestamp."""

    name: str
    code: str
    until: str

    def __repr__(self) -> str:
        """Return a description without the code."""
        return f"<an invitation of {self.name!r}>"


Outcome = Refused | NewInvitation | Literal["done"]


class AccountForms:
    """Requests of accounts to *server*, for threads that may block.

    All of them raise `StorageError` if the chat does not answer in time.
    """

    def __init__(self, server: Server, sessions: HubSessions) -> None:
        self._server, self._sessions = server, sessions
        self._lock = Lock()
        self._known: dict[str, Future[Outcome]] = {}  # by form, the oldest first

    def find(self, account: str, room: RoomName | None) -> RoomOrder | Refused:
        """Return how order is kept in a room, or on the server, for an account."""
        result: Future[RoomOrder | Refused] = Future()
        return wait(result, lambda done: self._server.room_order(account, room, done))

    def carry_out(
        self, visitor: Visitor, key: Credentials, form_id: str, line: Line
    ) -> Refused | NewInvitation | None:
        """Send a line, and return why it is refused, if so, or whom it invites.

        A form that is sent twice is carried out once; *form_id* is a secret of the page
        with the form, without which it is refused.
        """
        if not MIN_FORM_ID <= len(form_id) <= MAX_FORM_ID:
            return UNKNOWN_ACT
        form = sha256(json.dumps([form_id, key.key, *line]).encode()).hexdigest()
        result: Future[Outcome] = Future()
        with self._lock:
            same = self._known.setdefault(form, result)
            while len(self._known) > MAX_KNOWN:
                del self._known[next(iter(self._known))]
        if same is not result:  # a second click, or a reload
            outcome = wait(same, _do_nothing)
        else:
            outcome = self._send(visitor, key, line, form, result)
        return None if outcome == DONE else outcome

    def _send(
        self,
        visitor: Visitor,
        key: Credentials,
        line: Line,
        form: str,
        result: Future[Outcome],
    ) -> Outcome:
        """Send a line in a session; one that is refused may be sent again.

        All sessions of a key for this have one token: each resumes the one before.
        """
        token = sha256(f"form {key.key}".encode()).hexdigest()
        lines = [hello(token, key.in_hello), line, ("ping", {"token": QUESTION})]
        answer, outcome = FormAnswer(line[0]), None
        try:
            outcome = self._sessions.run(
                visitor.peer, lines, answer, QUERY_TIMEOUT, result
            )
        finally:
            if outcome is None or isinstance(outcome, Refused):
                with self._lock:
                    self._known.pop(form, None)
        return outcome


def _do_nothing(_: Callable[[Outcome], None]) -> None:
    """Ask nothing: somebody else has asked."""


class FormAnswer:
    """The answer to a line of the type *kind*: it is refused, or it is processed."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._found: Outcome = DONE

    def read(self, kind: str, data: Data) -> Outcome | None:
        """Return the answer, if the line is one."""
        code, reason = f"{data.get('code', '')}", f"{data.get('reason', '')}"
        about = data.get("about", "")
        if kind == "error" and (about == self._kind or "room" not in data):
            return Refused(code, reason)
        if kind == "bye":
            return Refused(code, reason)
        if kind == "invitation":
            name, invite = f"{data.get('name', '')}", f"{data.get('invite', '')}"
            self._found = NewInvitation(name, invite, f"{data.get('until', '')}")
        is_processed = kind == "pong" and data.get("token") == QUESTION
        return self._found if is_processed else None

    def ended(self, code: str, reason: str) -> Outcome:
        """Return why there is no answer."""
        return Refused(code, reason)
