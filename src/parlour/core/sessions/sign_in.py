"""Signing in: credentials become a session of an account, or are refused."""

from collections.abc import Sequence
from math import ceil
from typing import Final

from ..checks import Checked
from ..counters import ACCEPTED, Counters
from ..entries import DeviceAdded, SessionClosed, SignedIn
from ..events import Bye, Refused
from ..limits import MAX_PASSWORD
from ..names.folding import fold_key
from ..protocol.commands import Credentials, Hello
from ..protocol.tokens import hash_key
from ..state import refusals
from ..state.accounts import NO_ACCOUNT
from ..state.effects import DeviceMade, Effect
from ..state.state import State
from ..storage import StoredAccount
from .admission import Admission
from .answers import Answers
from .closing import Closing
from .connection import Connection, ConnectionKind, Standing
from .connection import State as ConnectionState
from .password_checks import PasswordChecks, SigningIn
from .proposals import Proposals
from .registry import Connections
from .session_proposals import SessionProposals
from .sign_in_limits import SignInLimits

LEFT_TO_SIGN_IN: Final = "signing_in"  # the reason of a guest who was admitted early
MAX_FAILURES: Final = 3  # of one connection, which then ends

TLS_REQUIRED: Final = Refused(
    "tls_required",
    "passwords are accepted only from the server's own machine, because other "
    "connections to it are not encrypted",
)
SIGN_IN_REQUIRED: Final = Bye(
    "sign_in_required",
    "this server is for people who have an account; sign in with a newer client",
)
TOO_MANY_FAILURES: Final = Bye("auth_failed", "signing in failed too often")


class SignIn:
    """Checks credentials, and proposes the sessions of those who have the right ones.

    An account that does not exist gets the same answers, after as much time.
    """

    def __init__(
        self,
        state: State,
        proposals: Proposals,
        answers: Answers,
        admission: Admission,
        sessions: SessionProposals,
        closing: Closing,
        connections: Connections,
        checks: PasswordChecks,
        counters: Counters,
    ) -> None:
        self._state, self._proposals, self._answers = state, proposals, answers
        self._admission, self._sessions = admission, sessions
        self._closing, self._connections = closing, connections
        self._checks, self.limits = checks, SignInLimits()
        self._counters = counters

    def admit(self, connection: Connection, hello: Hello, now: float) -> None:
        """Sign in a connection whose first line is a *hello* with credentials."""
        self._admission.await_sign_in(connection, hello, now)
        self._sign_in_by_hello(connection, hello)

    def upgrade(self, connection: Connection, hello: Hello) -> None:
        """Sign in a silent member whose late *hello* has credentials."""
        self._admission.begin_upgrade(connection, hello)
        self._sign_in_by_hello(connection, hello)

    def _sign_in_by_hello(self, connection: Connection, hello: Hello) -> None:
        credentials = hello.credentials
        assert credentials is not None, "this is for a hello with them"
        if isinstance(credentials, Refused):
            self.refuse(connection, credentials, "hello")
        else:
            self.sign_in(connection, credentials, "hello")

    def sign_in(
        self, connection: Connection, credentials: Credentials, about: str
    ) -> None:
        """Check credentials; the answer is about a line of the type *about*."""
        connection.device_key = ""  # of a registration that was refused
        if not connection.is_secure:
            self.refuse(connection, TLS_REQUIRED, about)
            return
        name = fold_key(credentials.account)
        account = self._state.accounts.named(name)
        password = credentials.password
        if password is None:  # nobody guesses a key, so there is no delay
            self._sign_in_with_key(connection, account, name, credentials, about)
        elif why := self.delay(connection, name):
            self.refuse(connection, why, about)
        elif len(password.encode(errors="surrogatepass")) > MAX_PASSWORD:
            # That is no guess. Were it counted, it could displace what was counted.
            self.refuse(connection, refusals.auth_failed(), about)
        else:
            number = account.number if account is not None else NO_ACCOUNT
            generation = account.generation if account is not None else 0
            label = credentials.label
            purpose = SigningIn(number, name, generation, label, about)
            hash_ = account.password if account is not None else ""
            self._checks.ask(connection, purpose, password=password, hash=hash_)

    def delay(self, connection: Connection, name: str) -> Refused | None:
        """Return why no password of the account *name* is checked now, or None."""
        now = self._connections.now
        delay = self.limits.delay(name, connection.quota, now)
        if not delay:
            return None
        reason = f"too many wrong passwords; try again in {ceil(delay):,} seconds"
        return Refused("too_many_tries", reason)

    def _sign_in_with_key(
        self,
        connection: Connection,
        account: StoredAccount | None,
        name: str,
        credentials: Credentials,
        about: str,
    ) -> None:
        found = self._state.accounts.device(credentials.key)
        if found is None or found[0] is not account:
            self.refuse(connection, refusals.auth_failed(), about)
            return
        account, device = found
        self.limits.succeeded(name, connection.quota)
        self._propose(connection, account, account.generation, device)

    def checked(
        self, connection: Connection, purpose: SigningIn, result: Checked | Refused
    ) -> None:
        """Continue after a password was checked, or could not be checked.

        If too many others were wrong meanwhile, nobody learns whether this one was:
        guesses made at the same time have no advantage.
        """
        if isinstance(result, Refused):
            self.refuse(connection, result, purpose.about)
            return
        if why := self.delay(connection, purpose.name):
            self.refuse(connection, why, purpose.about)
            return
        account = self._state.accounts.get(purpose.account)
        if not result.is_valid or account is None:
            self._fail(connection, purpose.name, purpose.about)
            return
        self.limits.succeeded(purpose.name, connection.quota)
        attachment, token = connection.attachment, connection.token
        wall = self._connections.wall
        why = self._state.sign_in_refusal(
            account,
            attachment,
            token,
            wall,
            is_brief=connection.kind is ConnectionKind.FORM,
        )
        if why is not None:
            self.refuse(connection, why, purpose.about)  # before it gets a device
            return
        if not purpose.label:
            self._propose(connection, account, purpose.generation, 0)
            return
        connection.device_key = result.key
        key, label = hash_key(result.key), purpose.label
        entry = DeviceAdded(account.number, purpose.generation, key, label)
        self._proposals.propose(entry, connection)

    def device_added(
        self, connection: Connection, entry: DeviceAdded, effects: Sequence[Effect]
    ) -> None:
        """Continue after the device was added, from which somebody signs in."""
        account = self._state.accounts.get(entry.account)
        for effect in effects:
            if isinstance(effect, DeviceMade) and account is not None:
                generation = entry.generation
                self._propose(connection, account, generation, effect.device)

    def _propose(
        self,
        connection: Connection,
        account: StoredAccount,
        generation: int,
        device: int,
    ) -> None:
        """Propose a session of the account, or that the session of a guest is one."""
        if connection.standing is Standing.USER and not connection.is_upgrading:
            attachment, number = connection.attachment, account.number
            entry = SignedIn(attachment, number, generation, device)
            self._proposals.propose(entry, connection)
        else:
            self._sessions.open_account(connection, account, generation, device)

    def _fail(self, connection: Connection, name: str, about: str) -> None:
        """Refuse a wrong password, and count it."""
        now = self._connections.now
        self.limits.failed(name, connection.quota, now)
        self.refuse(connection, refusals.auth_failed(), about)

    def count_accepted(self) -> None:
        """Count that somebody has signed in."""
        self._counters.sign_ins[ACCEPTED] += 1

    def refuse(self, connection: Connection, why: Refused, about: str) -> None:
        """Tell a connection why it is not signed in; it stays as it was.

        One without a session stays outside. Several wrong credentials end it.
        """
        self._counters.sign_ins[why.code] += 1
        connection.device_key = ""
        why = why.replace(about=about)
        if connection.is_upgrading:
            self._refuse_late(connection, why)
            return
        if connection.state is ConnectionState.ENTERING:
            self._admission.stay_outside(connection)
        self._answers.refuse(connection, why)
        if why.code == "auth_failed":
            connection.failed_sign_ins += 1
            if connection.failed_sign_ins >= MAX_FAILURES:
                self._closing.close(connection, TOO_MANY_FAILURES)

    def _refuse_late(self, connection: Connection, why: Refused) -> None:
        """Refuse the credentials of a late hello: the member becomes an outsider."""
        hello = connection.hello
        assert hello is not None, "it is upgrading"
        connection.hello = hello.replace(errors=(*hello.errors, why))
        if connection.session:
            entry = SessionClosed(connection.attachment, LEFT_TO_SIGN_IN)
            self._proposals.propose(entry, connection)
        else:
            self._admission.continue_outside(connection)
