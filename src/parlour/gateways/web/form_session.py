"""Sessions that say one message, for the form on pages without scripts.

Such a session enters the room with a name, says the message and leaves, in the session
dialect. So the server treats it like that of any page.
"""

import asyncio
import json
from collections.abc import Callable
from concurrent.futures import Future
from hashlib import sha256
from threading import Lock
from typing import Final, NamedTuple, Protocol

from parlour.core.events import ConnectionId, RoomName
from parlour.core.ports import Server
from parlour.core.sessions.admission import Rejected
from parlour.core.sessions.closing import Ended
from parlour.core.sessions.connection import ConnectionKind
from parlour.markup import ACTION

from .chat_queries import wait

VERSION: Final = 1  # of the session dialect
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

    *form_id* is a secret of the page on which the form was filled in.
    """

    room: RoomName
    name: str
    text: str
    form_id: str
    peer: tuple[str, int]

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
    """Says each message in a session of *server*, which belongs to *loop*."""

    def __init__(
        self, server: Server, loop: asyncio.AbstractEventLoop, kind: ConnectionKind
    ) -> None:
        self._server, self._loop, self._kind = server, loop, kind
        self._lock = Lock()
        self._under_way: dict[str, Future[str]] = {}  # by the id of the message

    def say(self, post: Post) -> str:
        result: Future[str] = Future()
        with self._lock:
            same = self._under_way.setdefault(post.message_id, result)
        if same is not result:  # a second click: both get the same answer
            return wait(same, _do_nothing)
        try:
            return self._say(post, result)
        finally:
            with self._lock:
                del self._under_way[post.message_id]

    def _say(self, post: Post, result: Future[str]) -> str:
        session = FormSession(self._server, self._loop, post)

        def start(done: Callable[[str], None]) -> None:
            self._loop.call_soon_threadsafe(session.start, self._kind, done)

        try:
            return wait(result, start)
        finally:
            self._loop.call_soon_threadsafe(session.abort)


def _do_nothing(_: Callable[[str], None]) -> None:
    """Ask nothing: somebody else has asked."""


class FormSession:
    """The transport of the session that says *post*.

    It has no socket: what would be read from one is known at the beginning, and what
    the server writes is only searched for the answer. Its methods are called in the
    loop.
    """

    def __init__(
        self, server: Server, loop: asyncio.AbstractEventLoop, post: Post
    ) -> None:
        self._server, self._loop, self._post = server, loop, post
        self._connection: ConnectionId | None = None
        self._answer: str | None = None
        self._done: Callable[[str], None] | None = None
        self.address = ""
        self.unsent = 0

    def start(self, kind: ConnectionKind, done: Callable[[str], None]) -> None:
        """Connect, and send all lines; call *done* with the result of `Speaker.say`."""
        self._done = done
        connection = self._server.connect(self, self._post.peer, kind)
        if isinstance(connection, Rejected):
            self._finish(connection.reason)
            return
        self._connection = connection
        self._server.receive(connection, _lines(self._post))

    def write(self, data: bytes) -> None:
        """Note the answer: the message is stored, or else a line is refused."""
        for line in data.splitlines():
            kind, reason = _type_and_reason(line)
            if kind == "stored" or (kind == "error" and self._answer is None):
                self._answer = reason
            elif kind == "bye":
                self._finish(reason)

    def set_reading(self, *, on: bool) -> None:
        """Do nothing: there is nothing to read."""

    def close_with(self, ended: Ended) -> None:
        """Remove the connection, which the server has ended."""
        self.write(ended.last)
        self.abort()

    def abort(self) -> None:
        """Remove the connection, unless that is done."""
        if self._connection is not None:
            # Later, because the server may be calling this.
            self._loop.call_soon(self._server.disconnect, self._connection)
            self._connection = None
        self._finish(UNKNOWN)

    def _finish(self, reason: str) -> None:
        """Report the answer or, without one, the *reason* of the end."""
        if self._done is not None:
            self._done(reason if self._answer is None else self._answer)
            self._done = None


def _lines(post: Post) -> bytes:
    """Return all lines of the session.

    It only watches before it has a name: if that is refused, the message is, too.
    """
    lines = {
        "hello": {
            "version": VERSION,
            "client": "parlour-form",
            "token": post.token,
            "watch": True,
            "rooms": [post.room],
        },
        "set-name": {"name": post.name},
        "message": {"room": post.room, "message": post.said, "id": post.message_id},
        "bye": {},
    }
    encoded = (
        json.dumps({"type": kind, "data": lines[kind]}, ensure_ascii=False)
        for kind in lines
    )
    return "".join(f"{line}\n" for line in encoded).encode()


def _type_and_reason(line: bytes) -> tuple[str, str]:
    """Return the type of a line of the server, and its reason if it has one."""
    match json.loads(line):
        case {"type": str(kind), "data": {"reason": str(reason)}}:
            return kind, reason
        case {"type": str(kind)}:
            return kind, ""
        case _:
            return "", ""
