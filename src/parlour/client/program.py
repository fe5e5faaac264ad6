"""Runs the client: options in, exit code out."""

import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing, suppress
from functools import partial
from secrets import token_urlsafe
from typing import TYPE_CHECKING

from parlour.core.events import LOBBY
from parlour.core.limits import MAX_DEVICE_LABEL
from parlour.system.encodings import (
    decode_surrogates,
    locale_encoding,
    original_environ,
)
from parlour.system.standard_streams import (
    discard_output,
    open_missing_streams,
    print_error,
)

from .conversation import Conversation
from .exit_status import ExitCode
from .io.connecting import PlainServer, Unreachable, Untrusted, server_address
from .io.ports import DriverContext
from .io.trace import Trace
from .io.transport import Transport
from .options import Options
from .password_dialog import SignInOptions
from .prompt_style import has_prompt, has_rich_style, make_prompt
from .protocol import plain
from .protocol.invitation_links import linked_address
from .protocol.nickname import trimmed
from .protocol.requests import Rename
from .protocol.sign_in import KeyChange
from .room_views.screen import RoomDisplay
from .shutdown import NO_NAME
from .state_directory import KEY_FILE, state_file
from .terminal.colors import color_depth
from .terminal.formatter import Formatter
from .terminal.pipe import OutputClosed, PipeDisplay
from .terminal_setup import Killed, delayed_interrupts, is_terminal, raw_keyboard

if TYPE_CHECKING:  # rarely needed
    from .io.key_file import KeyFile
    from .io.secure_server import SecureServer


def run(options: Options) -> int:
    """Run the client until its conversation ends, and return the exit code.

    The codes are those of :class:`~parlour.client.exit_status.ExitCode`; after a
    signal it is 128 plus the number of the signal, as in a shell. If SIGINT had its
    default action, it has it again afterwards.
    """
    open_missing_streams()
    is_default = signal.getsignal(signal.SIGINT) is signal.SIG_DFL
    try:
        if is_default:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        return _chat(options)
    except _CannotStart as exc:
        print_error(f"parlour: {exc}\n")
        return exc.code
    except Unreachable as exc:
        for line in str(exc).splitlines():
            print_error(f"parlour: {line}\n")
        is_untrusted = isinstance(exc, Untrusted)
        return ExitCode.UNTRUSTED if is_untrusted else ExitCode.NO_CONNECTION
    except Killed as exc:
        return 128 + exc.number
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except OutputClosed:
        discard_output()
        return ExitCode.BROKEN_PIPE
    except OSError as exc:
        discard_output()
        print_error(f"parlour: cannot continue: {exc.strerror or exc}\n")
        return ExitCode.FAILED
    finally:
        if is_default:
            signal.signal(signal.SIGINT, signal.SIG_DFL)


class _CannotStart(Exception):  # noqa: N818  (named for the condition)
    """An option has an invalid value; the program ends with *code*."""

    def __init__(self, code: ExitCode, reason: str) -> None:
        super().__init__(reason)
        self.code = code


def _chat(options: Options) -> int:
    shows_prompt = has_prompt(options)
    color = color_depth(options.color, os.environ, shows_prompt)
    formatter = Formatter(json=options.json, color=color, echo=shows_prompt)
    with ExitStack() as stack:
        if shows_prompt:
            stack.enter_context(raw_keyboard())
        with delayed_interrupts():
            run_driver = _driver(options)
        prompt = make_prompt(formatter, options, color) if shows_prompt else None
        trace = _open_trace(options, stack)
        encoding = locale_encoding(original_environ())
        name = _name(options.name, encoding)
        _check_name(name, options)
        server = _server(options)
        sign_in = _sign_in(options, name, server)
        server.origin = sign_in.origin or server.origin
        transport = server.connect()
        conversation = _conversation(options, name, encoding, sign_in, transport)
        _send_hello(transport, conversation, trace)
        if options.invitation:
            conversation.use_invitation(options.invitation, time.monotonic())
        context = DriverContext(
            transport=transport,
            connect=server.connect,
            conversation=conversation,
            make_display=partial(PipeDisplay, formatter, timestamps=options.timestamps),
            make_prompt=prompt,
            recv_size=options.recv_size,
            trace=trace,
            store_keys=partial(_store_keys, options, transport.origin),
        )
        return run_driver(context)


def _server(options: Options) -> "PlainServer | SecureServer":
    """Return what connects to the server, with TLS if the options say so."""
    if not options.tls:
        return PlainServer(options.server, options.port, options.start)
    from .io.known_hosts import KNOWN_HOSTS, KnownHosts  # noqa: PLC0415
    from .io.secure_server import SecureServer  # noqa: PLC0415  (loads OpenSSL)
    from .io.terminal_input import ask_yes  # noqa: PLC0415
    from .io.tls_handshake import CannotVerifyError  # noqa: PLC0415

    path = state_file(options, KNOWN_HOSTS)
    try:
        return SecureServer(
            options.server,
            options.port,
            ca=options.ca,
            fingerprint=options.fingerprint,
            known=KnownHosts(path) if path is not None else None,
            ask=ask_yes,
        )
    except CannotVerifyError as exc:
        raise _CannotStart(ExitCode.BAD_COMMAND, str(exc)) from None


def _sign_in(
    options: Options, name: str | None, server: "PlainServer | SecureServer"
) -> SignInOptions:
    """Return what to sign in to *server* with: nothing, for a guest without keys."""
    path, device = state_file(options, KEY_FILE), _device(options)
    if options.account is None and not (path and os.access(path, os.F_OK)):
        return SignInOptions(device=device)
    from .sign_in_options import CannotSignIn, sign_in_options  # noqa: PLC0415  (rarely needed)

    try:
        file = _key_file(options)
        return sign_in_options(options, name, file, device, server)
    except CannotSignIn as exc:
        reason = f"cannot sign in: {exc}"
        raise _CannotStart(ExitCode.SIGN_IN_REFUSED, reason) from None


def _store_keys(options: Options, origin: str, changes: Sequence[KeyChange]) -> str:
    """Store the keys of this device; return why that is not possible, or "".

    They come from *origin*, and are sent to no other one.
    """
    file = _key_file(options)
    return file.change(changes, origin) if file is not None else ""


def _key_file(options: Options) -> "KeyFile | None":
    """Return the keys of this device for the server, if they are kept."""
    if (path := state_file(options, KEY_FILE)) is None:
        return None
    from .io.key_file import KeyFile  # noqa: PLC0415  (rarely needed)

    return KeyFile(path, server_address(options.server, options.port))


def _device(options: Options) -> str:
    """Return the label of this device, or "" if it could not use a key later."""
    if state_file(options, KEY_FILE) is None and not options.reconnect:
        return ""
    name = "".join(filter(str.isprintable, os.uname().nodename))
    return name[:MAX_DEVICE_LABEL] or "terminal"


def _send_hello(
    transport: Transport, conversation: Conversation, trace: Trace | None
) -> None:
    """Send hello before the driver starts: the server waits only a moment for it."""
    data = conversation.data_to_send()
    if trace is not None:
        trace.sent(data)
    with suppress(OSError):  # the driver will see the end when it reads
        transport.sock.sendall(transport.encrypt(data))
    conversation.written(0, time.monotonic())


def _conversation(
    options: Options,
    name: str | None,
    encoding: str | None,
    sign_in: SignInOptions,
    transport: Transport,
) -> Conversation:
    is_guest = sign_in.credentials is None
    return Conversation(
        interactive=is_terminal(sys.stdin),
        name=name if is_guest else None,  # the account has a name
        sign_in=sign_in,
        is_secure=transport.is_secure,
        is_encrypted=transport.has_tls,
        address=linked_address(
            server_address(options.server, options.port), has_tls=options.tls
        ),
        any_name=options.any_name,
        encoding=encoding,
        token=token_urlsafe(24) if options.dialect == "auto" else "",
        reconnects=options.reconnect,
        completes_names=has_prompt(options),
        rooms=options.rooms or (LOBBY,),
        room_display=_room_display(options),
        labels_all=options.all_rooms,
        tracks_own_lines=has_rich_style(options),
        now=time.monotonic(),
    )


def _room_display(options: Options) -> RoomDisplay:
    if options.json:
        return RoomDisplay.EXACT
    counts_others = has_prompt(options) and not options.all_rooms
    return RoomDisplay.CURRENT if counts_others else RoomDisplay.ALL


def _name(name: str | None, encoding: str | None) -> str | None:
    """Return the *name* option as text, even if Python could not decode it."""
    found = None if name is None else decode_surrogates(name, encoding)
    if name is not None and found is None:
        reason = "the name is not UTF-8 text: choose another with --name"
        raise _CannotStart(ExitCode.BAD_COMMAND, reason)
    return found


def _check_name(name: str | None, options: Options) -> None:
    """Refuse a *name* that cannot be sent: a pipe would chat under its address."""
    if name is None or options.any_name or is_terminal(sys.stdin):
        return
    try:
        plain.encode(Rename(name))
        fault = "" if trimmed(name) else "is blank"
    except plain.TooLong:
        fault = "is too long to be sent"
    if fault:
        raise _CannotStart(ExitCode.REFUSED, NO_NAME.format(f"the name {fault}"))


def _driver(options: Options) -> Callable[[DriverContext], int]:
    """Import the driver of the engine alone; the threaded one needs no asyncio."""
    if options.engine == "threads":
        from .io.threaded_driver import run as run_driver  # noqa: PLC0415
    else:
        from .io.asyncio_driver import run as run_driver  # noqa: PLC0415
    return run_driver


def _open_trace(options: Options, stack: ExitStack) -> Trace | None:
    if options.trace is None:
        return None
    try:
        return stack.enter_context(closing(Trace(options.trace)))
    except OSError as exc:
        reason = (
            f"cannot write the trace to {options.trace}: {exc.strerror}. "
            "Name a file that can be written: --trace FILE"
        )
        raise _CannotStart(ExitCode.BAD_COMMAND, reason) from exc
