"""The handler of the events about accounts, and of errors before a sign-in."""

from typing import Final

from . import session_encoder
from .account_decoder import without_key
from .account_items import (
    DeviceList,
    DeviceRow,
    PasswordChanged,
    SignedIn,
    SignInRefused,
)
from .client_state import ClientState
from .display_items import ProtocolLine, Refusal
from .requests import (
    AskDevices,
    ChangePassword,
    Login,
    Logout,
    Register,
    RevokeDevice,
    SecretRequest,
)
from .server_events import Account, Bye, Devices, Refused
from .sign_in import CONNECTION_LOST, INSECURE, NO_ACCOUNTS

ACCOUNT_QUESTION: Final = "account?"
"""The token of the ping after which a server with accounts would have signed in."""

NO_GUESTS: Final = "sign_in_required"
"""The code of an error in place of the welcome of a guest."""

FINAL_CODES: Final = {"auth_failed", "revoked", "banned"}
"""Codes of a bye after which the same client, or sign-in, would be refused again."""

ACCOUNT_GONE: Final = {"the account was erased", "the account was disabled"}
"""The reasons of a bye, as our server words them, after which nobody can sign in."""

_NOT_DONE: Final[dict[type[SecretRequest], str]] = {
    Login: "Not signed in",
    Register: "The name may not be registered",
    ChangePassword: "The password may not be changed",
}
"""What the loss of a connection means for a request without an answer."""


class AccountHandler:
    """The handler of what a server says about the account of the client."""

    def __init__(self, state: ClientState) -> None:
        self._display, self._outbox, self._rooms, self._nickname = state[:4]
        self._send_buffer, self._sign_in = state.send_buffer, state.sign_in

    def begin(self) -> None:
        """Start on a new connection. One that is not secure does not sign in."""
        if self._sign_in.presented is None and self._sign_in.unavailable(INSECURE):
            self._display.show(self._refusal(INSECURE, is_admitted=True))

    def welcomed(self) -> None:
        """Process a welcome. A server without accounts does not sign in."""
        if self._sign_in.welcomed() and not self._rooms.is_single:
            self._send_buffer.add_reply(session_encoder.ping(ACCOUNT_QUESTION))
        elif self._rooms.is_single:
            self.lack_accounts()

    def answered_ping(self) -> None:
        """Process the answer to the ping after the welcome."""
        if not self._sign_in.is_signed_in:
            self.lack_accounts()

    def lack_accounts(self) -> None:
        """Say that the wanted sign-in is not possible here."""
        if self._sign_in.unavailable(NO_ACCOUNTS):
            self._display.show(self._refusal(NO_ACCOUNTS, is_admitted=True))

    def refuses_hello(self, refusal: Refused) -> bool:
        """Return whether an error stands in place of a welcome: a login may follow.

        Whatever the reason, a hello with an account is refused as a whole.
        """
        if refusal.about != "hello" or refusal.room:
            return False
        return self._sign_in.presented is not None or refusal.code == NO_GUESTS

    def hello_refused(self, refusal: Refused, line: bytes) -> None:
        """Process an error in place of a welcome."""
        self._sign_in.hello_refused(refusal.reason)
        item = self._refusal(refusal.reason)
        self._display.show_received(item._replace(line=line, code=refusal.code))

    def login_refused(self, refusal: Refused) -> None:
        """Process the refusal of a login, which is shown like that of any request."""
        self._sign_in.login_refused(refusal.reason)

    def invite_required(self) -> None:
        """Note that this server registers only those who have an invitation."""
        self._sign_in.needs_invite = True

    def unknown_request(self, line: bytes) -> bool:
        """Process an error about an unknown type; return whether it answers a request.

        A server without accounts does not say which line it is about.
        """
        request = self._outbox.in_flight.take(
            *(Login, Register, ChangePassword, AskDevices, RevokeDevice, Logout)
        )
        if request is None:
            return False
        self._outbox.has_refused = True
        if isinstance(request.request, Login):
            self._sign_in.login_refused(NO_ACCOUNTS)
        self._display.show_received(Refusal(NO_ACCOUNTS, line, "unknown_type"))
        return True

    def account(self, event: Account, line: bytes) -> bool:
        """Process a sign-in or another role; return whether it answers a request."""
        asked = self._outbox.in_flight.take(Login, Register, ChangePassword)
        request = asked.request if asked is not None else None
        assert request is None or isinstance(request, Login | Register | ChangePassword)
        name, role, key = event
        is_new = self._sign_in.signed_in(name, role, key, request)
        self._nickname.signed_in(name)
        shown = without_key(line)
        if isinstance(request, ChangePassword):
            self._display.show_received(PasswordChanged(shown))
        elif is_new:
            self._display.show_received(SignedIn(name, role, shown))
        else:
            self._display.show_received(ProtocolLine(shown))
        return asked is not None

    def devices(self, event: Devices, line: bytes) -> bool:
        """Show the devices; return whether they answer a request."""
        asked = self._outbox.in_flight.take(AskDevices, RevokeDevice)
        revoked = 0
        if asked is not None and isinstance(asked.request, RevokeDevice):
            revoked = asked.request.device
        rows = tuple(DeviceRow(*each) for each in event.devices)
        self._display.show_received(DeviceList(rows, line, revoked))
        return asked is not None

    def bye(self, bye: Bye) -> None:
        """Process the end of the session, for which the user may have asked."""
        if bye.code == "bye" and self._outbox.in_flight.take(Logout) is not None:
            self._sign_in.logged_out()

    def note_way_back(self, bye: Bye) -> None:
        """Say how to sign in again after the session was ended by a revocation."""
        account = self._sign_in.account
        if bye.code == "revoked" and account and bye.reason not in ACCOUNT_GONE:
            self._display.note(
                f"To sign in again, restart the client and enter: /login {account}"
            )

    def connection_lost(self) -> None:
        """Drop requests with secrets, which are not sent again."""
        dropped = self._outbox.take_secrets()
        for request in dropped:
            self._display.note(f"{_NOT_DONE[type(request)]}: {CONNECTION_LOST}")
        if any(isinstance(request, Login) for request in dropped):
            self._sign_in.fail(CONNECTION_LOST)

    def _refusal(self, reason: str, *, is_admitted: bool = False) -> SignInRefused:
        return SignInRefused(self._sign_in.account, reason, is_admitted=is_admitted)
