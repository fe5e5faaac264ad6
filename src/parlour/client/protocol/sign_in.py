"""Whether the client is signed in to an account, over one connection after another."""

from enum import Enum, auto
from typing import Final, NamedTuple

from .requests import (
    ChangePassword,
    Credentials,
    Login,
    Register,
    SecretRequest,
)
from .secret import Secret

INSECURE: Final = (
    "the connection to this server is not encrypted, so others could read the "
    "password. Passwords and keys are sent only with --tls, or to this machine"
)
NO_ACCOUNTS: Final = "this server has no accounts"
CONNECTION_LOST: Final = "the connection was lost before the server had answered"


class SignInStatus(Enum):
    """What became of the sign-in on this connection."""

    GUEST = auto()  # none is wanted, or it is not possible
    AWAITED = auto()  # the server has not answered yet
    SIGNED_IN = auto()
    REFUSED = auto()  # the server admits the client only after a login, or as a guest


class StoreKey(NamedTuple):
    """The key of this device is to be kept for the next run."""

    account: str
    key: Secret


class ForgetKey(NamedTuple):
    """The key of this device is of no use any more."""

    account: str


KeyChange = StoreKey | ForgetKey


class SignIn:
    """The sign-in of a client, which it repeats on each connection.

    An *interactive* user may try again, or continue as a guest. Any other client has a
    :attr:`failure` then, and sends nothing more.
    """

    def __init__(self, credentials: Credentials | None, *, interactive: bool) -> None:
        self._credentials, self._interactive = credentials, interactive
        self._key_changes: list[KeyChange] = []
        self._last: tuple[str, str] | None = None  # account and role, of any connection
        self.is_logged_out = False
        """Whether the user has signed out, and does not come back."""
        self.needs_invite = False
        """Whether the server has refused a registration without an invitation."""
        self.failure = ""
        """Why a client without a user could not sign in; it is safe to end then."""
        self.begin(is_secure=False)

    def begin(self, *, is_secure: bool) -> None:
        """Start on a new connection, which may carry secrets if it *is_secure*."""
        self.is_secure = is_secure
        self.status = SignInStatus.GUEST
        if self.presented is not None:
            self.status = SignInStatus.AWAITED

    @property
    def presented(self) -> Credentials | None:
        """What hello signs in with, if it does."""
        return self._credentials if self.is_secure else None

    @property
    def may_resume(self) -> bool:
        """Whether the token may be sent: that of an account's session is a secret."""
        return self.is_secure or self._credentials is None

    @property
    def account(self) -> str:
        """The account to which the client wants to sign in, or is signed in."""
        return self._credentials.account if self._credentials is not None else ""

    @property
    def is_signed_in(self) -> bool:
        """Whether the client is signed in on this connection."""
        return self.status is SignInStatus.SIGNED_IN

    @property
    def is_refused(self) -> bool:
        """Whether the server hears nothing but a login, or a name for a guest."""
        return self.status is SignInStatus.REFUSED

    @property
    def blocks_sending(self) -> bool:
        """Whether lines of the user wait, since they might be sent as a guest."""
        return bool(self.failure) or self.status is SignInStatus.AWAITED

    def take_key_changes(self) -> list[KeyChange]:
        """Remove and return what is to be stored."""
        changes, self._key_changes = self._key_changes, []
        return changes

    def unavailable(self, reason: str) -> bool:
        """Record that the wanted sign-in is not possible; return whether it was wanted.

        A user continues as a guest.
        """
        was_wanted = self._credentials is not None and not self.is_signed_in
        if was_wanted:
            self.status, self._last = SignInStatus.GUEST, None
            self.fail(reason)
        return was_wanted

    def hello_refused(self, reason: str) -> None:
        """Record that the server has refused the sign-in of hello, or a guest."""
        self.status = SignInStatus.REFUSED
        self.fail(reason)

    def login_sent(self) -> None:
        """Record that a login was sent. It is answered by a welcome if that is due."""
        if self.is_refused:
            self.status = SignInStatus.AWAITED

    def login_refused(self, reason: str) -> None:
        """Record that the server has refused a login."""
        if self.status is SignInStatus.AWAITED:
            self.status = SignInStatus.REFUSED
        self.fail(reason)

    def welcomed(self) -> bool:
        """Record a welcome; return whether a server with accounts signs in next."""
        if self.is_refused:  # the user has chosen a name
            self.status, self._credentials = SignInStatus.GUEST, None
            self._last = None
        return self.status is SignInStatus.AWAITED

    def signed_in(
        self, name: str, role: str, key: Secret | None, answered: SecretRequest | None
    ) -> bool:
        """Record that the client is signed in; return whether anything is new.

        *answered* is the request that did it, if it was not hello. A *key* for which
        the client has not asked is ignored.
        """
        if not self._asks_for_key(answered):
            key = None
        is_new, self._last = (name, role) != self._last, (name, role)
        self.status = SignInStatus.SIGNED_IN
        self._credentials = _next_credentials(name, key, self._credentials, answered)
        if key is not None:
            self._key_changes.append(StoreKey(name, key))
        return is_new

    def _asks_for_key(self, answered: SecretRequest | None) -> bool:
        """Return whether the request, or hello, contains the label of a device."""
        match answered:
            case Login(credentials):
                return bool(credentials.device)
            case Register(device=device):
                return bool(device)
            case ChangePassword():
                return False
            case None:
                is_hello = self.status is SignInStatus.AWAITED
                return is_hello and bool(self._credentials and self._credentials.device)

    def logged_out(self) -> None:
        """Record that the user has signed out this device."""
        if self.account:
            self._key_changes.append(ForgetKey(self.account))
        self._credentials, self.is_logged_out = None, True

    def fail(self, reason: str) -> bool:
        """Record that a login is not possible; return whether that ends the client."""
        if not self._interactive:
            self.failure = self.failure or reason
        return bool(self.failure)


def _next_credentials(
    name: str,
    key: Secret | None,
    before: Credentials | None,
    answered: SecretRequest | None,
) -> Credentials:
    """Return what signs in on the next connection: the key, if there is one."""
    match answered:
        case Login(credentials):
            before = credentials
        case Register(password):
            before = Credentials(name, password)
        case ChangePassword(_, new) if before is not None and before.key is None:
            before = before._replace(password=new)
    if key is not None or before is None:
        return Credentials(name, key=key)
    return before._replace(account=name)
