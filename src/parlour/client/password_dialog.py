"""The questions for a password, which is typed without being shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, NamedTuple, assert_never

from parlour.core.limits import MAX_PASSWORD, MIN_PASSWORD
from parlour.core.names.folding import fold_key

from .exit_status import ExitCode, ExitStatus
from .protocol.connection import Connection
from .protocol.display_queue import DisplayQueue
from .protocol.requests import (
    ChangePassword,
    Credentials,
    Login,
    Register,
    SecretRequest,
)
from .protocol.secret import Secret
from .protocol.sign_in import INSECURE, NO_ACCOUNTS
from .terminal.account_commands import (
    PasswordCommand,
    StartLogin,
    StartPasswordChange,
    StartRegister,
)
from .terminal.safe_text import safe_name

INVITED: Final = "You are invited to make an account: /setname NAME, then /register"
CANCELLED: Final = "cancelled"
NO_NAME: Final = "type the name of your account: /login NAME"
NOT_SIGNED_IN: Final = "you are not signed in: /login"
OFFLINE: Final = "there is no connection to the server"
ONE_LINE: Final = "a password is one line of text"
DIFFERENT: Final = "the two new passwords are different"
TOO_SHORT: Final = f"a password has at least {MIN_PASSWORD} characters"
TOO_LONG: Final = f"a password has at most {MAX_PASSWORD} bytes"


@dataclass(frozen=True, slots=True)
class SignInOptions:
    """What one run signs in with, first or later.

    *keys* are those that are stored for accounts of this server, by their folded names.
    A *device* is the label of this one; it gets a key after a password. Without a
    label, it gets none. The keys are for connections with the same *origin* only,
    if it is known.
    """

    credentials: Credentials | None = None
    keys: Mapping[str, Secret] = field(default_factory=dict)
    device: str = ""
    origin: str = ""


GUEST: Final = SignInOptions()


class _Question(NamedTuple):
    label: str  # what the prompt shows
    note: str  # what to type


PASSWORD: Final = _Question("password", "Type the password of {}. It is not shown")
INVITE: Final = _Question(
    "invitation", "Type or paste the code of your invitation. It is not shown"
)
NEW: Final = _Question("new password", "Type a new password for {}. It is not shown")
AGAIN: Final = _Question("new password again", "Type the new password again")


class Dialog(NamedTuple):
    """A command, the name of its account, and what was typed so far."""

    command: PasswordCommand
    account: str
    questions: tuple[_Question, ...]  # that are not answered yet
    answers: Mapping[_Question, Secret] = MappingProxyType({})


class PasswordDialog:
    """The dialog of one conversation. A login uses each stored key once."""

    def __init__(
        self,
        display: DisplayQueue,
        status: ExitStatus,
        connection: Connection,
        options: SignInOptions,
    ) -> None:
        self._display, self._status, self._connection = display, status, connection
        self._sign_in = connection.sign_in
        self._keys, self._device = dict(options.keys), options.device
        self._invite: Secret | None = None  # the code for the next registration
        self._dialog: Dialog | None = None
        self._without_code: Dialog | None = None  # a registration that was sent
        if (presented := self._sign_in.presented) is not None:
            self._keys.pop(fold_key(presented.account), None)

    @property
    def question(self) -> str:
        """What the prompt asks for now; "" if it asks for nothing secret."""
        return self._dialog.questions[0].label if self._dialog is not None else ""

    def begin(self, command: PasswordCommand, now: float, *, is_offline: bool) -> None:
        """Ask for what *command* needs; submit the request if that is nothing."""
        self._without_code = None
        if reason := OFFLINE if is_offline else self._obstacle(command):
            self._give_up(command, reason)
            return
        match command:
            case StartLogin(typed):
                account = typed or self._sign_in.account or self._connection.wanted_name
                if not account:
                    self._give_up(command, NO_NAME)
                    return
                if (key := self._keys.pop(fold_key(account), None)) is not None:
                    login = Login(Credentials(account, key=key))
                    self._connection.submit(login, now)
                    return
                self._dialog = Dialog(command, account, (PASSWORD,))
            case StartRegister():
                needs_invite = self._sign_in.needs_invite and self._invite is None
                questions = (INVITE, NEW, AGAIN) if needs_invite else (NEW, AGAIN)
                self._dialog = Dialog(command, self._connection.name, questions)
            case StartPasswordChange():
                account = self._sign_in.account
                self._dialog = Dialog(command, account, (PASSWORD, NEW, AGAIN))
            case _:
                assert_never(command)
        self._ask()

    def use_invite(self, code: Secret) -> None:
        """Keep the code of an invitation for /register, and tell the user of that."""
        self._invite = code
        self._display.note(INVITED)

    def answer(self, typed: str, now: float) -> None:
        """Process the answer to the question; submit the request after the last one.

        An empty answer cancels. A person is asked again after another mistake: whoever
        types on would write the password into the room.
        """
        dialog, self._dialog = self._dialog, None
        assert dialog is not None
        question, *others = dialog.questions
        answers = {**dialog.answers, question: Secret(typed)}
        if reason := _fault(question, answers):
            if reason == CANCELLED or not self._status.is_interactive:
                self._give_up(dialog.command, reason)
            else:
                self._ask_again(dialog, reason)
            return
        dialog = dialog._replace(questions=tuple(others), answers=answers)
        if others:
            self._dialog = dialog
            self._ask()
        else:
            self._connection.submit(self._request(dialog), now)

    def update(self) -> None:
        """Ask for a code if the server has refused a registration without one.

        A person need not type the password again.
        """
        dialog = self._without_code
        if dialog is None:
            return
        if self._sign_in.is_signed_in:
            self._without_code = None
        elif self._sign_in.needs_invite and self._status.is_interactive:
            self._without_code = None
            self._dialog = dialog._replace(questions=(INVITE,))
            self._ask()

    def end_of_input(self) -> None:
        """Give up, since nothing more is typed."""
        if self._dialog is not None:
            command, self._dialog = self._dialog.command, None
            self._give_up(command, "the input has ended")

    def _obstacle(self, command: PasswordCommand) -> str:
        """Return why *command* is not possible on this connection, or ""."""
        account = self._sign_in.account
        if not self._sign_in.is_secure:
            return INSECURE
        if self._connection.lacks_accounts:
            return NO_ACCOUNTS
        if isinstance(command, StartPasswordChange):
            return "" if self._sign_in.is_signed_in else NOT_SIGNED_IN
        if self._sign_in.is_signed_in:
            return f"you are signed in as {safe_name(account)}"
        return ""

    def _ask_again(self, dialog: Dialog, reason: str) -> None:
        """Ask the same question; after two different new passwords, for the first."""
        if reason == DIFFERENT:
            dialog = dialog._replace(questions=(NEW, *dialog.questions))
        self._dialog = dialog
        self._display.note(f"Not accepted: {reason}")
        self._ask()

    def _ask(self) -> None:
        assert self._dialog is not None
        note = self._dialog.questions[0].note.format(safe_name(self._dialog.account))
        self._display.note(note)

    def _request(self, dialog: Dialog) -> SecretRequest:
        account, answers = dialog.account, dialog.answers
        match dialog.command:
            case StartLogin():
                password = answers[PASSWORD]
                return Login(Credentials(account, password, device=self._device))
            case StartRegister():
                code = answers.get(INVITE, self._invite)
                self._invite = None
                self._without_code = dialog if code is None else None
                return Register(answers[NEW], self._device, code)
            case StartPasswordChange():
                return ChangePassword(answers[PASSWORD], answers[NEW])
            case _:
                assert_never(dialog.command)

    def _give_up(self, command: PasswordCommand, reason: str) -> None:
        """Report why *command* is not carried out; without a user, that may end it."""
        if isinstance(command, StartLogin) and self._sign_in.fail(reason):
            return
        what = "Not signed in" if isinstance(command, StartLogin) else "Not done"
        self._status.report_mistake(ExitCode.REFUSED, f"{what}: {reason}")


def _fault(question: _Question, answers: Mapping[_Question, Secret]) -> str:
    """Return why the answer to *question* is not acceptable, or ""."""
    typed = answers[question].reveal()
    if not typed:
        return CANCELLED
    if any(char in typed for char in "\r\n\0"):
        return ONE_LINE
    size = len(typed.encode("utf-8", "surrogatepass"))
    if size > MAX_PASSWORD:
        return TOO_LONG
    if question is NEW and len(typed) < MIN_PASSWORD:
        return TOO_SHORT
    if question is AGAIN and answers[AGAIN] != answers[NEW]:
        return DIFFERENT
    return ""
