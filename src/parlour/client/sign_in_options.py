"""What the client signs in with: stored keys, and the options of one run.

Before somebody types a password, or a command says it, the client connects once, so
that it is asked for only if it may be sent to this server.

Only a run that has such an option, or for which keys are stored, imports this module.
"""

from collections.abc import Mapping
from typing import Final, Protocol

from parlour.core.limits import MAX_PASSWORD
from parlour.core.names.folding import fold_key
from parlour.system.standard_streams import print_error

from .io.key_file import KeyFile, StoredKeys
from .io.origins import has_tls
from .io.password_command import CommandError, first_line
from .io.private_file import PrivateFileError
from .io.terminal_input import NoTerminal, ask_secret
from .io.transport import Transport
from .options import Options
from .password_dialog import SignInOptions
from .protocol.nickname import trimmed
from .protocol.requests import Credentials
from .protocol.secret import Secret
from .protocol.sign_in import INSECURE
from .terminal.safe_text import safe_name

NO_TERMINAL: Final = (
    "no key is stored for {} on this server, and there is no terminal to ask for the "
    "password: use --password-command, or sign in once on a terminal"
)

OTHER_ORIGIN: Final = (
    "they come from this server without TLS or with another certificate, so sign in "
    "with your password"
)


class CannotSignIn(Exception):  # noqa: N818  (named for the condition)
    """There is nothing to sign in with; the message says why, and what to do."""


class Server(Protocol):
    """The server to sign in to."""

    origin: str
    """The origin that each connection must have, or ""."""

    def expected_origin(self) -> str:
        """Return what is going to be the origin with TLS, or ""."""
        ...

    def connect(self) -> Transport:
        """Connect to the server, if it is the right one. Raises `Unreachable`."""
        ...


def sign_in_options(
    options: Options,
    name: str | None,
    file: KeyFile | None,
    device: str,
    server: Server,
) -> SignInOptions:
    """Return what the client signs in with.

    *name* is that of the options, and *device* the label under which to ask for a key.
    If a password is needed, it is asked for when *server* has proved who it is.
    Raises :class:`CannotSignIn`, or `Unreachable`.
    """
    stored, origin = _stored(file, server.expected_origin())
    keys = {fold_key(account): key for account, key in stored.items()}
    account = options.account
    if account is None and options.dialect == "auto":
        account = _implied(stored, name)
    if account is None:
        return SignInOptions(None, keys, device, origin)
    account = trimmed(account)
    key = keys.get(fold_key(account))
    if key is not None:
        return SignInOptions(Credentials(account, key=key), keys, device, origin)
    server.origin = origin
    _check_security(server)
    credentials = Credentials(account, _password(options, account), device=device)
    return SignInOptions(credentials, keys, device, origin)


def _stored(file: KeyFile | None, expected: str) -> StoredKeys:
    """Return the stored keys, none if they may not be sent or the file is damaged."""
    if file is None:
        return StoredKeys({}, "")
    try:
        stored = file.read()
    except PrivateFileError as exc:
        return _unused(str(exc))
    if stored.keys and has_tls(stored.origin) and not expected:
        return _unused("they are for a connection with --tls")
    if stored.keys and expected and stored.origin != expected:
        return _unused(OTHER_ORIGIN)
    return stored


def _unused(reason: str) -> StoredKeys:
    """Report why the stored keys are not used, and return none."""
    print_error(f"parlour: the stored keys are not used: {reason}\n")
    return StoredKeys({}, "")


def _implied(stored: Mapping[str, Secret], name: str | None) -> str | None:
    """Return the account to sign in to without --account, if there is one."""
    if name is None:
        return next(iter(stored)) if len(stored) == 1 else None
    wanted = fold_key(trimmed(name))
    return next((each for each in stored if fold_key(each) == wanted), None)


def _check_security(server: Server) -> None:
    """Connect once, and raise unless a password may be sent to *server*."""
    transport = server.connect()
    transport.close()  # the server waits only a moment for the hello
    if not transport.is_secure:
        raise CannotSignIn(INSECURE)


def _password(options: Options, account: str) -> Secret:
    if options.password_command is not None:
        return _from_command(options.password_command)
    try:
        password = ask_secret(f"Password of {safe_name(account)}: ")
    except NoTerminal:
        raise CannotSignIn(NO_TERMINAL.format(safe_name(account))) from None
    if not password.reveal():
        raise CannotSignIn("no password was typed")
    return password


def _from_command(command: str) -> Secret:
    """Return the first line that *command* writes."""
    try:
        first = first_line(command)
    except CommandError as exc:
        raise CannotSignIn(f"--password-command failed: {exc}") from None
    try:
        password = first.decode()
    except UnicodeDecodeError:
        raise CannotSignIn("--password-command wrote no UTF-8 text") from None
    if not password or len(first) > MAX_PASSWORD:
        raise CannotSignIn("--password-command wrote no possible password")
    return Secret(password)
