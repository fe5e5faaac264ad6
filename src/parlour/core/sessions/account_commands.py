"""The commands about accounts: register, sign in, passwords and devices."""

from typing import Final

from ..checks import Check, Checked
from ..entries import DeviceRevoked, PasswordSet, Registered
from ..events import Devices, Refused, is_direct_room
from ..limits import MAX_PASSWORD, MIN_PASSWORD, REGISTRATION_RATE
from ..names.folding import fold_key
from ..protocol.commands import (
    ChangePassword,
    Hello,
    ListDevices,
    Login,
    Register,
    RevokeDevice,
)
from ..protocol.tokens import hash_key
from ..rules import Rules
from ..state import refusals
from ..state.sessions import Session
from ..state.signed_in import devices_of
from ..state.state import State
from ..storage import StoredAccount
from .answers import READ_ONLY, Answers
from .backpressure import Backpressure
from .connection import Connection, ConnectionKind
from .invite_commands import InviteCommands
from .network_rates import NetworkRates
from .password_checks import (
    ChangingPassword,
    Inviting,
    PasswordChecks,
    Registering,
    SigningIn,
)
from .proposals import Proposals
from .registry import Connections
from .sign_in import TLS_REQUIRED, SignIn
from .work_budget import ANSWER_COST, RENAME_COST

AccountCommand = Login | Register | ChangePassword | ListDevices | RevokeDevice

SECRET: Final = (Login, Register, ChangePassword)
"""The commands with passwords or keys."""

ABOUT: Final = {
    Login: "login",
    Register: "register",
    ChangePassword: "passwd",
    ListDevices: "devices",
    RevokeDevice: "revoke",
}
"""The types of the lines of these commands."""

REGISTRATION_CLOSED: Final = Refused(
    "registration_closed", "accounts are created by an administrator of this server"
)
INVITE_REQUIRED: Final = Refused(
    "invite_required",
    "registering needs an invitation code; ask an administrator for one",
)
NO_NAME: Final = Refused("no_name", "take a name first: it becomes that of the account")
TOO_MANY_ACCOUNTS: Final = Refused(
    "too_many_accounts", "too many accounts were registered from your address"
)


class AccountCommands:
    """The handlers of these commands."""

    def __init__(
        self,
        state: State,
        proposals: Proposals,
        answers: Answers,
        sign_in: SignIn,
        checks: PasswordChecks,
        backpressure: Backpressure,
        connections: Connections,
        rules: Rules,
        invites: InviteCommands,
    ) -> None:
        self._invites = invites
        self._state, self._proposals, self._answers = state, proposals, answers
        self._sign_in, self._checks = sign_in, checks
        self._backpressure, self._connections = backpressure, connections
        self._rules = rules
        self._registrations = NetworkRates(REGISTRATION_RATE)

    def upgrade(self, connection: Connection, hello: Hello) -> None:
        """Sign in a silent member whose late *hello* has credentials."""
        self._sign_in.upgrade(connection, hello)

    def handle(self, connection: Connection, command: AccountCommand) -> int:
        """Handle a command; return its units of work."""
        session = self._state.sessions.get(connection.session)
        account = self._state.accounts.get(session.account) if session else None
        why: Refused | None = None
        if connection.kind is ConnectionKind.READ_ONLY_PAGE:
            why = READ_ONLY
        elif isinstance(command, SECRET) and not connection.is_secure:
            why = TLS_REQUIRED
        elif isinstance(command, Login):
            why = self._log_in(connection, command, account)
        elif session is None:
            why = refusals.not_signed_in()
        elif isinstance(command, Register):
            why = self._register(connection, session, command)
        elif account is None:
            why = refusals.not_signed_in()
        elif isinstance(command, ChangePassword):
            why = self._change_password(connection, account, command)
        elif isinstance(command, RevokeDevice):
            entry = DeviceRevoked(account.number, command.device)
            self._proposals.propose(entry, connection)
        else:
            self.list_devices(connection)
        if why is not None:
            self._answers.refuse(connection, why.replace(about=ABOUT[type(command)]))
            return ANSWER_COST
        return RENAME_COST

    def log_out(self, connection: Connection) -> bool:
        """Propose to revoke the device of a session; return False if it has none."""
        session = self._state.sessions.get(connection.session)
        if session is None or not session.account or not session.device:
            return False
        connection.is_logging_out = True
        entry = DeviceRevoked(session.account, session.device)
        self._proposals.propose(entry, connection)
        return True

    def list_devices(self, connection: Connection) -> None:
        """Send the devices of a session's account, if it has one."""
        session = self._state.sessions.get(connection.session)
        account = self._state.accounts.get(session.account) if session else None
        if session is None or account is None:
            return
        devices = devices_of(self._state, account, session.device)
        self._answers.send(connection, Devices(devices))

    def _log_in(
        self, connection: Connection, command: Login, account: StoredAccount | None
    ) -> Refused | None:
        if account is not None:
            return refusals.already_signed_in()
        self._sign_in.sign_in(connection, command.credentials, "login")
        return None

    def _register(
        self, connection: Connection, session: Session, command: Register
    ) -> Refused | None:
        if session.account:
            return refusals.already_signed_in()
        if self._rules.registration == "closed":
            return REGISTRATION_CLOSED
        if not session.has_chosen_name:
            return NO_NAME
        invite = command.invite if self._rules.registration == "invite" else ""
        why = password_error(command.password)
        if why is None and self._rules.registration == "invite":
            why = self._invite_refusal(connection, invite)
        if why is None and not self._registrations.allows(
            connection, self._connections.now
        ):
            why = TOO_MANY_ACCOUNTS
        if why is None:
            purpose = Registering(command.label, invite)
            self._checks.ask(connection, purpose, new=command.password)
        return why

    def _invite_refusal(self, connection: Connection, invite: str) -> Refused | None:
        if not invite:
            return INVITE_REQUIRED
        return self._invites.code_refusal(connection, None, invite)

    def _change_password(
        self, connection: Connection, account: StoredAccount, command: ChangePassword
    ) -> Refused | None:
        name = fold_key(account.name)
        why = self._sign_in.delay(connection, name) or password_error(command.new)
        if why is not None:
            return why
        purpose = ChangingPassword(account.number, name, account.generation)
        hash_, new = account.password, command.new
        password = command.password
        self._checks.ask(connection, purpose, password=password, hash=hash_, new=new)
        return None

    # -- results of checks --------------------------------------------------------

    def checked(self, check: Check, result: Checked | Refused) -> None:
        """Continue after a check, if its connection is still there."""
        purpose = self._checks.finish(check)
        connection = self._connections.get(check.connection)
        if purpose is None or connection is None or not connection.is_open:
            return
        connection.blocked -= 1
        if isinstance(purpose, SigningIn):
            self._sign_in.checked(connection, purpose, result)
        elif isinstance(purpose, Registering):
            self._hashed(connection, purpose, result)
        elif isinstance(purpose, Inviting):
            self._invites.made(connection, purpose, result)
        else:
            self._compared(connection, purpose, result)
        if not connection.blocked:
            self._backpressure.schedule(connection.id)

    def _hashed(
        self, connection: Connection, purpose: Registering, result: Checked | Refused
    ) -> None:
        """Propose an account, for the name that the session has now."""
        session = self._state.sessions.get(connection.session)
        if isinstance(result, Refused) or session is None:
            why = result if isinstance(result, Refused) else refusals.not_signed_in()
            self._answers.refuse(connection, why.replace(about="register"))
            return
        if not session.has_chosen_name:  # somebody else got its name meanwhile
            self._answers.refuse(connection, NO_NAME.replace(about="register"))
            return
        rooms = [each for each in session.rooms if not is_direct_room(each)]
        connection.device_key = result.key if purpose.label else ""
        entry = Registered(
            connection.attachment,
            session.name,
            self._state.sessions.names.keys(session.person),
            result.hash,
            rooms=tuple(rooms),
            device=hash_key(result.key) if purpose.label else "",
            label=purpose.label,
            ignored=tuple((session.ignored or {}).items()),
            invite=purpose.invite,
        )
        self._proposals.propose(entry, connection)

    def _compared(
        self,
        connection: Connection,
        purpose: ChangingPassword,
        result: Checked | Refused,
    ) -> None:
        """Propose another password, if the old one was right."""
        session = self._state.sessions.get(connection.session)
        if session is None:
            return
        if isinstance(result, Refused):
            self._answers.refuse(connection, result.replace(about="passwd"))
            return
        if why := self._sign_in.delay(connection, purpose.name):
            self._answers.refuse(connection, why.replace(about="passwd"))
            return
        if not result.is_valid:
            now = self._connections.now
            self._sign_in.limits.failed(purpose.name, connection.quota, now)
            why = Refused("auth_failed", "the old password is wrong", about="passwd")
            self._answers.refuse(connection, why)
            return
        entry = PasswordSet(
            connection.attachment,
            purpose.account,
            purpose.generation,
            result.hash,
            session.device,
        )
        self._proposals.propose(entry, connection)


def password_error(password: str) -> Refused | None:
    """Return why nobody may have this password, or None."""
    size = len(password.encode(errors="surrogatepass"))
    if len(password) >= MIN_PASSWORD and size <= MAX_PASSWORD:
        return None
    bounds = f"{MIN_PASSWORD} characters to {MAX_PASSWORD} bytes"
    return Refused("bad_password", f"a password has {bounds}")
