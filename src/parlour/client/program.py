"""Everything put together: options in, exit code out."""

import os
import signal
import socket
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from functools import partial
from secrets import token_urlsafe
from types import FrameType
from typing import TextIO

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
from .io.connecting import Unreachable, connect
from .io.ports import DriverContext, InteractiveDisplay, PromptHandler
from .io.trace import Trace
from .options import Options
from .protocol import plain
from .protocol.nickname import trimmed
from .protocol.requests import Rename
from .shutdown import NO_NAME
from .terminal.pipe import OutputClosed, PipeDisplay
from .terminal.printer import Printer
from .terminal.safe_text import use_color


def run(options: Options) -> int:
    """Chat until the end, and return the exit code.

    The codes are those of :class:`~parlour.client.exit_status.ExitCode`; a program
    ended by a signal says 128 and its number, as a shell does. Where Ctrl-C would
    end the program without a word, it does so again afterwards.
    """
    open_missing_streams()
    is_quiet = signal.getsignal(signal.SIGINT) is signal.SIG_DFL
    try:
        if is_quiet:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        return _chat(options)
    except _CannotStart as exc:
        print_error(f"parlour: {exc}\n")
        return exc.code
    except Unreachable as exc:
        print_error(f"parlour: {exc}\n")
        return ExitCode.NO_CONNECTION
    except _Killed as exc:
        return 128 + exc.number
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except OutputClosed:
        discard_output()
        return ExitCode.READER_GONE
    except OSError as exc:
        discard_output()
        print_error(f"parlour: cannot go on: {exc.strerror or exc}\n")
        return ExitCode.FAILED
    finally:
        if is_quiet:
            signal.signal(signal.SIGINT, signal.SIG_DFL)


class _CannotStart(Exception):  # noqa: N818  (what an option says is the error)
    """An option cannot be followed; the program ends with *code*."""

    def __init__(self, code: ExitCode, reason: str) -> None:
        super().__init__(reason)
        self.code = code


class _Killed(BaseException):
    """A signal wants the program to end, and there is a terminal to restore."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def _kill(number: int, _: FrameType | None) -> None:
    raise _Killed(number)


def _chat(options: Options) -> int:
    has_prompt = _has_prompt(options)
    color = use_color(options.color, os.environ, has_prompt)
    printer = Printer(json=options.json, color=color, echo=has_prompt)
    with ExitStack() as stack:
        if has_prompt:
            stack.enter_context(_quiet_keyboard())
        with _interrupts_later():
            run_driver = _driver(options)
        prompt = _prompt(printer, options) if has_prompt else None
        trace = _open_trace(options, stack)
        encoding = locale_encoding(original_environ())
        name = _name(options.name, encoding)
        _check_name(name, options)
        sock = connect(options.server, options.port)
        conversation = _conversation(options, name, encoding)
        _speak_first(sock, conversation, trace)
        context = DriverContext(
            sock=sock,
            connect=partial(connect, options.server, options.port),
            conversation=conversation,
            make_display=partial(PipeDisplay, printer, timestamps=options.timestamps),
            make_prompt=prompt,
            recv_size=options.recv_size,
            trace=trace,
        )
        return run_driver(context)


def _speak_first(
    sock: socket.socket, conversation: Conversation, trace: Trace | None
) -> None:
    """Say hello before anything that takes time: a server waits for it a moment."""
    data = conversation.data_to_send()
    if trace is not None:
        trace.sent(data)
    with suppress(OSError):  # reading will tell how it ended
        sock.sendall(data)
    conversation.written(0, time.monotonic())


def _conversation(
    options: Options, name: str | None, encoding: str | None
) -> Conversation:
    return Conversation(
        person=_is_terminal(sys.stdin),
        name=name,
        any_name=options.any_name,
        encoding=encoding,
        token=token_urlsafe(24) if options.dialect == "auto" else "",
        returns=options.reconnect,
        completes=_has_prompt(options),
        now=time.monotonic(),
    )


def _name(name: str | None, encoding: str | None) -> str | None:
    """Return *name* of the command line as text, also where Python could not."""
    found = None if name is None else decode_surrogates(name, encoding)
    if name is not None and found is None:
        reason = "the name is not UTF-8 text: give another with --name"
        raise _CannotStart(ExitCode.BAD_COMMAND, reason)
    return found


def _check_name(name: str | None, options: Options) -> None:
    """Refuse to let a pipe speak under its address for want of a name that can be."""
    if name is None or options.any_name or _is_terminal(sys.stdin):
        return
    try:
        plain.encode(Rename(name))
        fault = "" if trimmed(name) else "is blank"
    except plain.TooLong:
        fault = "is too long to be sent"
    if fault:
        raise _CannotStart(ExitCode.REFUSED, NO_NAME.format(f"the name {fault}"))


def _has_prompt(options: Options) -> bool:
    """Tell whether there is a terminal on both sides that can move its cursor."""
    if options.plain or options.json or os.environ.get("TERM", "dumb") == "dumb":
        return False
    return _is_terminal(sys.stdin) and _is_terminal(sys.stdout)


def _is_terminal(stream: TextIO | None) -> bool:
    return stream is not None and stream.isatty()


def _prompt(
    printer: Printer, options: Options
) -> Callable[[PromptHandler], InteractiveDisplay]:
    with _interrupts_later():
        from .terminal.prompt import Prompt  # noqa: PLC0415  slow, and of no use in a pipe)

    return lambda handler: Prompt(handler, printer, timestamps=options.timestamps)


def _driver(options: Options) -> Callable[[DriverContext], int]:
    """Import the engine's driver only; the threaded one does without asyncio."""
    if options.engine == "threads":
        from .io.threaded_driver import run as run_driver  # noqa: PLC0415
    else:
        from .io.asyncio_driver import run as run_driver  # noqa: PLC0415
    return run_driver


@contextmanager
def _interrupts_later() -> Iterator[None]:
    """Put Ctrl-C off: an import that it ends may leave a traceback of its own."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


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


@contextmanager
def _quiet_keyboard() -> Iterator[None]:
    """Keep keys that come before the prompt does as they are, and unechoed.

    Whatever happens, the terminal is afterwards as it was before.
    """
    descriptor = sys.stdin.fileno()
    for number in (signal.SIGTERM, signal.SIGHUP):  # until the driver handles them
        signal.signal(number, _kill)
    before = termios.tcgetattr(descriptor)
    quiet = termios.tcgetattr(descriptor)
    quiet[0] &= ~termios.ICRNL
    quiet[3] &= ~(termios.ECHO | termios.ICANON)
    try:
        termios.tcsetattr(descriptor, termios.TCSANOW, quiet)
        yield
    finally:
        with suppress(termios.error):  # the terminal is gone
            # TCSADRAIN would wait for a terminal that takes nothing.
            termios.tcsetattr(descriptor, termios.TCSANOW, before)
