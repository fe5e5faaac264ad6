"""Sessions that say one message, for the form on pages without scripts.

Such a session enters the room with a name, or as an account, says the message and
leaves.
"""

import json
from collections.abc import Callable
from concurrent.futures import Future
from hashlib import sha256
from threading import Lock
from typing import Final, NamedTuple, Protocol

from parlour.core.events import RoomName
from parlour.core.ports import Peer
from parlour.markup import ACTION

from .chat_queries import wait
from .cookies import Credentials
from .hub_session import Data, HubSessions, Line, hello

ALLOWED: Final = ("//", ACTION)
MIN_FORM_ID, MAX_FORM_ID = 16, 64  # characters
INCOMPLETE: Final = "the form is incomplete; load the page again"
COMMAND: Final = (
    "commands need JavaScript or a terminal; to send a line that begins with /, double "
    "the /"
)
UNKNOWN: Final = "the server has closed the connection; the message may not be sent"


class Post(NamedTuple):
    """What a form says: *text* in *room* under *name*.

    *form_id* is a secret of the page on which the form was filled in. Somebody who has
    signed in has *credentials*, and the name is that of the account.
    """

    room: RoomName
    name: str
    text: str
    form_id: str
    peer: Peer
    credentials: Credentials | None = None

    @property
    def said(self) -> str:
        """The text of the message."""
        return self.text.removeprefix("/") if self.text.startswith("//") else self.text

    @property
    def refusal(self) -> str:
        """Why the form does not send this; an empty string if it does."""
        if not MIN_FORM_ID <= len(self.form_id) <= MAX_FORM_ID:
            return INCOMPLETE
        is_command = self.text.startswith("/") and not self.text.startswith(ALLOWED)
        return COMMAND if is_command else ""

    @property
    def token(self) -> str:
        """The token of the session: two people may have been given the same form."""
        return sha256(json.dumps([self.form_id, self.name]).encode()).hexdigest()

    @property
    def message_id(self) -> str:
        """The id by which the server recognises that the same form is sent again.

        It depends on the text, because a browser that goes back shows the same form.
        """
        said = json.dumps([self.form_id, self.room, self.name, self.text])
        return sha256(said.encode()).hexdigest()


class Speaker(Protocol):
    """Says messages for threads that may block."""

    def say(self, post: Post) -> str:
        """Say a message; return why it was refused, or an empty string.

        Raises `StorageError` if the chat does not answer in time.
        """
        ...


class FormSpeaker:
    """Says each message in a session of its own."""

    def __init__(self, sessions: HubSessions) -> None:
        self._sessions = sessions
        self._lock = Lock()
        self._under_way: dict[str, Future[str]] = {}  # by the id of the message

    def say(self, post: Post) -> str:
        result: Future[str] = Future()
        with self._lock:
            same = self._under_way.setdefault(post.message_id, result)
        if same is not result:  # a second click: both get the same answer
            return wait(same, _do_nothing)
        try:
            return self._sessions.run(post.peer, _lines(post), Answer(), result=result)
        finally:
            with self._lock:
                del self._under_way[post.message_id]


def _do_nothing(_: Callable[[str], None]) -> None:
    """Ask nothing: somebody else has asked."""


class Answer:
    """The answer to a message: it is stored, or else a line is refused."""

    def __init__(self) -> None:
        self._reason: str | None = None

    def read(self, kind: str, data: Data) -> str | None:
        """Note the answer; return it at the end of the session."""
        reason = f"{data.get('reason', '')}"
        if kind == "stored" or (kind == "error" and self._reason is None):
            self._reason = reason
        return self.ended("bye", reason) if kind == "bye" else None

    def ended(self, code: str, reason: str) -> str:
        """Return the answer or, without one, the *reason* of the end."""
        if self._reason is not None:
            return self._reason
        return UNKNOWN if code == "closed" else reason


def _lines(post: Post) -> list[Line]:
    """Return all lines of the session.

    A guest only watches before the name is accepted: if it is refused, so is the
    message.
    """
    if post.credentials is not None:
        first = [hello(post.token, post.credentials.in_hello, post.room)]
    else:
        first = [hello(post.token, {"watch": True}, post.room)]
        first.append(("set-name", {"name": post.name}))
    said = {"room": post.room, "message": post.said, "id": post.message_id}
    return [*first, ("message", said), ("bye", {})]
