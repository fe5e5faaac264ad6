"""Who sends a request, by its cookies, and the cookies of the response."""

from typing import Final

from flask import Response, g, request

from parlour.core.rules import Rules
from parlour.core.state.signed_in import SignedInAccount

from . import cookies
from .accounts import Accounts, Visitor
from .cookies import COOKIE_AGE, Credentials
from .form_tokens import FormTokens, new_form_secret

ANONYMOUS: Final = frozenset({"static", "icon", "/healthz", "/ws"})
"""The endpoints for which it does not matter who asks."""


class Identity:
    """The account and the form tokens of the request that is being handled.

    Without *accounts*, nobody is signed in.
    """

    def __init__(self, accounts: Accounts | None, rules: Rules) -> None:
        self._accounts, self._rules = accounts, rules
        self._tokens = FormTokens()

    def begin(self) -> None:
        """Find the account of a request. Raises `StorageError`."""
        if self._accounts is None or request.endpoint in ANONYMOUS:
            return
        header = request.headers.get("Cookie", "")
        if key := cookies.credentials_in(header, request.host):
            g.account = self._accounts.find(self.visitor, key)
        g.key = key if g.get("account") else None
        g.is_signed_out = g.key is None and cookies.has_account_cookie(
            header, request.host
        )
        g.form_secret = cookies.form_secret_in(header, request.host)

    @property
    def visitor(self) -> Visitor:
        """Who sends the request."""
        peer = request.environ["REMOTE_ADDR"], int(request.environ["REMOTE_PORT"])
        return Visitor(peer, request.headers.get("User-Agent", ""))

    @property
    def account(self) -> SignedInAccount | None:
        """The account that has signed in with this browser."""
        found: SignedInAccount | None = g.get("account")
        return found

    @property
    def key(self) -> Credentials | None:
        """The key of this browser, if somebody has signed in with it."""
        found: Credentials | None = g.get("key")
        return found

    @property
    def is_signed_out(self) -> bool:
        """Whether the browser has a key with which nobody can sign in any more."""
        return bool(g.get("is_signed_out"))

    @property
    def may_write(self) -> bool:
        """Whether the server accepts messages of this person, from other programs."""
        return self._rules.guests == "on" or self.account is not None

    @property
    def may_read(self) -> bool:
        """Whether this person may see the chat."""
        return self._rules.guests != "off" or self.account is not None

    def form_token(self) -> str:
        """Return the token for a form on the page of this response."""
        if self.key is None and not g.get("form_secret"):
            g.form_secret = g.new_form_secret = new_form_secret()
        return self._tokens.token(self._browser)

    def is_own_form(self, token: str) -> bool:
        """Return whether a form with this *token* comes from a page of this browser."""
        return bool(self._browser) and self._tokens.is_valid(token, self._browser)

    @property
    def _browser(self) -> str:
        """The secret that only this browser has."""
        secret: str = self.key.key if self.key is not None else g.get("form_secret", "")
        return secret

    # -- the response --------------------------------------------------------------

    def sign_in(self, response: Response, key: Credentials) -> Response:
        """Let the browser keep *key*, which is new with each sign-in."""
        is_secure = request.headers.get("Origin", "").startswith("https:")
        secure, plain = cookies.account_cookies(request.host)
        response.set_cookie(
            secure if is_secure else plain,
            cookies.cookie_value(key),
            max_age=COOKIE_AGE,
            secure=is_secure,
            httponly=True,
            samesite="Lax",
        )
        return response

    def sign_out(self, response: Response) -> Response:
        """Let the browser forget the key."""
        for header in cookies.expired_cookies(request.host):
            response.headers.add("Set-Cookie", header)
        return response

    def finish(self, response: Response) -> Response:
        """Set the cookie of a new form; delete a key that is useless, once told."""
        if secret := g.get("new_form_secret"):
            name = cookies.form_cookie(request.host)
            response.set_cookie(name, secret, httponly=True, samesite="Strict")
        is_told = response.mimetype == "text/html" and response.status_code not in {
            301,
            302,
            303,
        }
        if self.is_signed_out and is_told:
            self.sign_out(response)
        return response
