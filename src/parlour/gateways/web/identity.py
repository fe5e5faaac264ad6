"""Who sends a request, by its cookies, and the cookies of the response."""

from collections.abc import Collection
from typing import Final, NamedTuple

from flask import Response, g, request

from parlour.core.events import Refused, RoomName
from parlour.core.ports import Peer
from parlour.core.rules import Rules
from parlour.core.state.signed_in import SignedInAccount

from . import cookies
from .accounts import Accounts, Visitor
from .chat_queries import ChatQueries
from .cookies import Cookies, Credentials
from .form_tokens import FormTokens, new_form_secret

SENDER: Final = "parlour.sender"
"""The key of the WSGI environment for the peer that sends the request."""
ANONYMOUS: Final = frozenset({"static", "icon", "/healthz", "/ws"})
"""The endpoints for which it does not matter who asks."""
REDIRECTS: Final = frozenset({301, 302, 303})


class Caller(NamedTuple):
    """Who sends a request: the cookies, and the account of the key in them."""

    cookies: Cookies
    account: SignedInAccount | None

    @property
    def key(self) -> Credentials | None:
        """The key of the browser, if somebody has signed in with it."""
        return self.cookies.key if self.account is not None else None

    @property
    def is_signed_out(self) -> bool:
        """Whether the browser has a key with which nobody can sign in any more."""
        return self.cookies.has_account and self.account is None


STRANGER: Final = Caller(Cookies(), None)


class Identity:
    """The account and the form tokens of the request that is being handled.

    Without *accounts*, nobody is signed in.
    """

    def __init__(
        self, chat: ChatQueries, accounts: Accounts | None, rules: Rules
    ) -> None:
        self._chat, self._accounts, self._rules = chat, accounts, rules
        self._tokens = FormTokens()

    def begin(self) -> None:
        """Find the account of a request. Raises `StorageError`."""
        if self._accounts is None or request.endpoint in ANONYMOUS:
            return
        sent = sent_cookies()
        account = self._accounts.find(self.visitor, sent.key) if sent.key else None
        g.caller = Caller(sent, account)

    @property
    def visitor(self) -> Visitor:
        """Who sends the request."""
        peer: Peer = request.environ[SENDER]
        return Visitor(peer, request.headers.get("User-Agent", ""))

    @property
    def account(self) -> SignedInAccount | None:
        """The account that has signed in with this browser."""
        return self._caller.account

    @property
    def name(self) -> str:
        """The name of that account, or an empty string."""
        return self.account.name if self.account is not None else ""

    @property
    def key(self) -> Credentials | None:
        """The key of this browser, if somebody has signed in with it."""
        return self._caller.key

    @property
    def is_signed_out(self) -> bool:
        """Whether the browser has a key with which nobody can sign in any more."""
        return self._caller.is_signed_out

    @property
    def may_write(self) -> bool:
        """Whether the server accepts messages of this person, from other programs."""
        return self._rules.guests == "on" or self.account is not None

    @property
    def may_read(self) -> bool:
        """Whether this person may see the chat."""
        return self._rules.guests != "off" or self.account is not None

    def ban(self, room: RoomName | None = None) -> Refused | None:
        """Return why this person must not see the chat, or one room of it, or None.

        Raises `StorageError`.
        """
        return self._chat.ban(self.visitor.peer, self.name, room)

    def readable(self, rooms: Collection[RoomName]) -> dict[RoomName, int | Refused]:
        """Return the last sequence of each of *rooms* now, or why it must not be read.

        Rooms of which this person must not know are left out. Raises `StorageError`.
        """
        return self._chat.readable(rooms, self.visitor.peer, self.name)

    def form_token(self) -> str:
        """Return the token for a form on the page of this response."""
        if not self._browser:
            g.new_form_secret = new_form_secret()
        return self._tokens.token(self._browser)

    def is_own_form(self, token: str) -> bool:
        """Return whether a form with this *token* comes from a page of this browser."""
        return bool(self._browser) and self._tokens.is_valid(token, self._browser)

    @property
    def _caller(self) -> Caller:
        found: Caller = g.get("caller", STRANGER)
        return found

    @property
    def _browser(self) -> str:
        """The secret that only this browser has, or an empty string."""
        if self.key is not None:
            return self.key.key
        new: str = g.get("new_form_secret", "")
        return new or self._caller.cookies.form_secret

    # -- the response --------------------------------------------------------------

    def sign_in(self, response: Response, key: Credentials) -> Response:
        """Let the browser keep *key*, which is new with each sign-in."""
        is_secure = _is_secure()
        cookie = cookies.account_cookie(
            _host(), key, request.script_root, is_secure=is_secure
        )
        response.headers.add("Set-Cookie", cookie)
        return response

    def sign_out(self, response: Response) -> Response:
        """Let the browser forget the key."""
        for cookie in cookies.expired_cookies(_host(), request.script_root):
            response.headers.add("Set-Cookie", cookie)
        return response

    def finish(self, response: Response) -> Response:
        """Set the cookie of a new form; delete a key that is useless, once told."""
        if secret := g.get("new_form_secret"):
            cookie = cookies.form_cookie(
                _host(), secret, request.script_root, is_secure=request.is_secure
            )
            response.headers.add("Set-Cookie", cookie)
        is_page = response.mimetype == "text/html"
        is_told = is_page and response.status_code not in REDIRECTS
        if self.is_signed_out and is_told:
            self.sign_out(response)
        return response


def sent_cookies() -> Cookies:
    """Return the cookies of the request."""
    return cookies.parse_cookies(
        request.headers.get("Cookie", ""),
        _host(),
        request.script_root,
        is_secure=request.is_secure,
    )


def _host() -> str:
    """Return the requested host as it was sent, as the checks of the origin read it."""
    return request.headers.get("Host", "")


def _is_secure() -> bool:
    """Return whether the browser sends the request with TLS, to a proxy or to here."""
    return request.is_secure or request.headers.get("Origin", "").startswith("https:")
