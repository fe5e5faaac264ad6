"""Accounts, for the forms of the page: what they ask of the chat.

Each request is a session of its own, with the same checks and limits as any other.
"""

from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from hashlib import sha256
from secrets import token_hex
from typing import Final, NamedTuple

from parlour.core.events import Refused
from parlour.core.limits import MAX_DEVICE_LABEL
from parlour.core.ports import Peer, Server
from parlour.core.state.signed_in import SignedInAccount

from .chat_queries import wait
from .cookies import Credentials
from .hub_session import Data, HubSessions, Line, hello

SIGN_IN_TIMEOUT: Final = 20.0  # seconds: checks of passwords wait for each other
TOKEN_SIZE: Final = 16  # random bytes
SIGN_IN_REQUIRED: Final = "Only people who have an account can see this chat."

_SYSTEMS: Final = (
    *(("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android")),
    *(("CrOS", "ChromeOS"), ("Windows", "Windows"), ("Mac OS X", "a Mac")),
    ("Linux", "Linux"),
)
"""What a browser's User-Agent contains, and what the system is called."""


class Visitor(NamedTuple):
    """Somebody who sends a form: from which address, and with which browser."""

    peer: Peer
    agent: str = ""

    @property
    def device(self) -> str:
        """The label of the device that signs in."""
        systems = [name for part, name in _SYSTEMS if part in self.agent]
        place = systems[0] if systems else self.peer.host
        return f"Browser on {place}"[:MAX_DEVICE_LABEL]


class Accounts:
    """Requests about accounts of *server*, for threads that may block.

    Each opens a session. All of them raise `StorageError` if the chat does not answer
    in time.
    """

    def __init__(self, server: Server, sessions: HubSessions) -> None:
        self._server, self._sessions = server, sessions

    def accepts_passwords(self, visitor: Visitor) -> bool:
        """Return whether nobody on the way can read what a visitor sends."""
        return self._server.accepts_passwords(visitor.peer)

    def find(self, visitor: Visitor, key: Credentials) -> SignedInAccount | None:
        """Return the account of a key, or None if nobody can sign in with it."""
        result: Future[SignedInAccount | None] = Future()
        return wait(result, partial(find_account, self._server, visitor.peer, key))

    def sign_in(
        self, visitor: Visitor, account: str, password: str
    ) -> Credentials | Refused:
        """Return a new key for a visitor who knows the password."""
        secret = {"password": password, "device": visitor.device}
        line = hello(token_hex(TOKEN_SIZE), {"account": account, **secret})
        return self._new_key(visitor, line)

    def register(
        self, visitor: Visitor, name: str, password: str, invite: str = ""
    ) -> Credentials | Refused:
        """Return a new key of a new account; *invite* is the code of an invitation."""
        secret = {"password": password, "device": visitor.device}
        secret |= {"invite": invite} if invite else {}
        # Without a token, a session that fails is not held, and its name is free again.
        first = hello(None, {"watch": True})
        rest: list[Line] = [("set-name", {"name": name}), ("register", secret)]
        return self._new_key(visitor, first, *rest)

    def change_password(
        self, visitor: Visitor, key: Credentials, password: str, new: str
    ) -> Refused | None:
        """Change the password of an account; its other devices end."""
        change = {"password": password, "new": new}
        return self._do(visitor, key, ("passwd", change), "account", skipped=1)

    def revoke(self, visitor: Visitor, key: Credentials, device: int) -> Refused | None:
        """End a device of an account."""
        why = self._do(visitor, key, ("revoke", {"device": device}), "devices")
        is_own = why is not None and why.code == "revoked"
        return None if is_own else why

    def sign_out(self, visitor: Visitor, key: Credentials) -> Refused | None:
        """End the device with this key."""
        return self._do(visitor, key, ("logout", {}), "bye")

    def _new_key(self, visitor: Visitor, *lines: Line) -> Credentials | Refused:
        """Return the key that the server gives to a new device."""
        answer = self._run(visitor, AccountAnswer("account"), *lines)
        if isinstance(answer, Refused):
            return answer
        return Credentials(f"{answer.get('name')}", f"{answer.get('key')}")

    def _do(
        self,
        visitor: Visitor,
        key: Credentials,
        line: Line,
        answer: str,
        skipped: int = 0,
    ) -> Refused | None:
        """Sign in with a key, send one line, and return why it is refused, if so.

        All sessions of a key for this have one token: each resumes the one before.
        """
        token = sha256(f"page {key.key}".encode()).hexdigest()
        first, reader = hello(token, key.in_hello), AccountAnswer(answer, skipped)
        found = self._run(visitor, reader, first, line)
        return found if isinstance(found, Refused) else None

    def _run(
        self, visitor: Visitor, answer: "AccountAnswer", *lines: Line
    ) -> Data | Refused:
        all_lines = *lines, ("bye", {})
        return self._sessions.run(visitor.peer, all_lines, answer, SIGN_IN_TIMEOUT)


class AccountAnswer:
    """The answer to a request: a line of the type *wanted*, or why it is refused.

    The first lines of that type may be *skipped*: they answer the hello. It is known at
    the end of the session, which would be held if its connection was closed before.
    """

    def __init__(self, wanted: str, skipped: int = 0) -> None:
        self._wanted, self._skipped = wanted, skipped
        self._found: Data | Refused | None = None

    def read(self, kind: str, data: Data) -> Data | Refused | None:
        """Note the answer; return it at the end of the session."""
        code, reason = f"{data.get('code', '')}", f"{data.get('reason', '')}"
        if kind == "bye":
            if self._found is None and kind == self._wanted and code == "bye":
                self._found = data
            return self.ended(code, reason)
        if self._found is not None:
            return None
        if kind == "error" and "room" not in data:  # a room cannot be entered now
            self._found = Refused(code, reason, about=f"{data.get('about', '')}")
        elif kind == self._wanted:
            self._skipped -= 1
            self._found = data if self._skipped < 0 else None
        return None

    def ended(self, code: str, reason: str) -> Data | Refused:
        """Return the answer, or why there is none."""
        return Refused(code, reason) if self._found is None else self._found


def find_account(
    server: Server,
    peer: Peer,
    key: Credentials,
    done: Callable[[SignedInAccount | None], None],
) -> None:
    """Call *done* with the account of *key*, or None if *peer* cannot sign in with it.

    The rules of `Server.account` apply.
    """
    if server.accepts_passwords(peer):
        server.account(key.account, key.key_hash, done)
    else:
        done(None)
