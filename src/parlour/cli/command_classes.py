"""What may stand on a command line, and what is said of what may not: one line."""

import re
import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import IO, Any, ClassVar, Final, NoReturn

import click
from click.core import ParameterSource

from parlour.core.rate_limit import Rate
from parlour.system.resource_limits import (
    ResourceLimitError,
    exhausted_resource,
    raise_descriptor_limit,
)
from parlour.system.standard_streams import (
    discard_output,
    install_reliable_streams,
    open_missing_streams,
    print_error,
)

from .environment import PREFIX, ignore_others
from .option_types import BAD_ENVIRONMENT, FAILED, fail

HIGHEST_PORT: Final = 65_535
FEW_DESCRIPTORS: Final = 16  # open files that a program without a server needs
EXAMPLE: Final = "127.0.0.1 5555"  # where a server is found
IGNORED: Final = "parlour.ignored"  # key in a context: the ignored variables


class RateType(click.ParamType[Rate | None]):
    """Lines a second, how many at once after a rest, as in ``5/20``; or ``off``."""

    name = "rate"

    def convert(
        self,
        value: object,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Rate | None:
        if value == "off":
            return None
        value = str(value)
        per_second, _, burst = value.partition("/")
        try:
            rate = Rate(float(per_second), float(burst or per_second))
        except ValueError:
            self.fail(f"{value!r} is neither 'off' nor as in '5/20'", param, ctx)
        if not (0 < rate.per_second < 1e9 and 1 <= rate.burst < 1e9):
            self.fail("allow more than 0 lines a second, and at least 1", param, ctx)
        return rate


class HostType(click.ParamType[str]):
    """A name or an address. Nothing at all would be every address: too easy a slip."""

    name = "address"

    def convert(
        self,
        value: object,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> str:
        if not value:
            self.fail("it is empty; say 0.0.0.0 or :: to listen on all", param, ctx)
        return str(value)


class PortType(click.ParamType[int]):
    """The number of a port, not below *lowest*."""

    name = "port"

    def __init__(self, lowest: int) -> None:
        self._lowest = lowest

    def convert(
        self,
        value: object,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> int:
        digits = str(value)
        if re.fullmatch("[0-9]{1,5}", digits) is None:
            self._refuse(digits, param, ctx)
        if not self._lowest <= int(digits) <= HIGHEST_PORT:
            self._refuse(digits, param, ctx)
        return int(digits)

    def _refuse(
        self, digits: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> NoReturn:
        wanted = f"a number from {self._lowest} to {HIGHEST_PORT}"
        self.fail(f"{digits!r} is not a port, {wanted}", param, ctx)


class Slip(click.ClickException):
    """A command line that is wrong, told like every other error: in one line."""

    exit_code = click.UsageError.exit_code

    def show(self, file: IO[str] | None = None) -> None:  # noqa: ARG002 -- click's
        print_error(f"parlour: {self.message}\n")


class BadVariable(Slip):
    """An environment variable with a value that its option does not allow."""

    exit_code = BAD_ENVIRONMENT


class Whole(click.Command):
    """A command that a shell runs: its streams exist, and errors are told in one line.

    That includes help and errors of the command line.
    """

    def main(self, *args: Any, **extra: Any) -> Any:  # noqa: ANN401 -- as click's
        open_missing_streams()
        install_reliable_streams()
        try:
            return super().main(*args, **extra)
        except OSError as exc:
            discard_output()
            if not isinstance(exc, BrokenPipeError):  # as behind `head`
                what = exc.filename or "standard output"  # which has no name
                print_error(f"parlour: {what}: {exc.strerror}\n")
            raise SystemExit(FAILED) from None


class Program(Whole):
    """A program, or one of the commands of ``parlour``.

    Environment variables can set its options. Others with our prefix, which set no
    option of any program, are ignored and named.
    """

    variables: ClassVar[set[str]] = set()
    """Those that set an option of any program; see :func:`know_variables_of`."""
    descriptors = FEW_DESCRIPTORS
    """How many open files it needs."""
    fails_with = FAILED
    """Its exit code if the system allows too little."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.meta[IGNORED] = ignore_others(self.variables)
        with _slips(ctx):
            return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        if ignored := ctx.meta[IGNORED]:
            self.tell_ignored(ctx, ignored)
        try:
            raise_descriptor_limit(self.descriptors)
            result: object = super().invoke(ctx)
        except ResourceLimitError as exc:
            fail(str(exc), self.fails_with)
        except (MemoryError, RuntimeError, ImportError, OSError) as exc:
            if not (scarce := exhausted_resource(exc)):
                raise
            what = f"cannot go on: the system allows no more {scarce}"
            fail(what, self.fails_with)
        return result

    def tell_ignored(self, _ctx: click.Context, ignored: str) -> None:
        """Report which environment variables are ignored."""
        print_error(f"parlour: ignored in the environment: {ignored}\n")


def know_variables_of(commands: Iterable[click.Command]) -> None:
    """Register the environment variables that set options of *commands*."""
    Program.variables.update(
        f"{PREFIX}{param.name.upper()}"
        for command in commands
        for param in command.params
        if isinstance(param, click.Option) and param.allow_from_autoenv
    )


class QuietProgram(Program):
    """A program that Ctrl-C ends without a word, until it takes that itself."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, signal.SIG_DFL)
        return super().parse_args(ctx, args)


class ParlourGroup(Whole, click.Group):
    """Commands; and ``parlour HOST PORT`` is ``parlour connect HOST PORT``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        connect = self.commands["connect"]
        ours, theirs = _options(self, ctx), _options(connect, click.Context(connect))
        if args and args[0].partition("=")[0] in theirs - ours:
            args = ["connect", *args]
        with _slips(ctx):
            return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        word = args[0]
        if self.get_command(ctx, word) is None:
            is_server = word == "localhost" or "." in word or ":" in word
            if is_server or (len(args) > 1 and args[1].isdecimal()):
                args = ["connect", *args]
            else:
                known = ", ".join(self.commands)
                raise Slip(
                    f"no such command: {word}. Known are {known}; to join a chat: "
                    f"{ctx.command_path} SERVER PORT"
                )
        with _slips(ctx):
            return super().resolve_command(ctx, args)


def _options(command: click.Command, ctx: click.Context) -> set[str]:
    return {name for param in command.get_params(ctx) for name in param.opts}


@contextmanager
def _slips(ctx: click.Context) -> Iterator[None]:
    """Tell of everything that click finds wrong as a :class:`Slip`."""
    try:
        yield
    except click.exceptions.NoArgsIsHelpError:
        raise
    except click.UsageError as exc:
        raise _slip(exc, exc.ctx or ctx) from None


def _slip(exc: click.UsageError, ctx: click.Context) -> Slip:
    """Return what is wrong with the command line, or with a variable that is set."""
    if isinstance(exc, click.BadParameter) and exc.param and exc.param.name:
        name = exc.param.name
        if ctx.get_parameter_source(name) is ParameterSource.ENVIRONMENT:
            what = f"{PREFIX}{name.upper()} in the environment: {exc.message}"
            return BadVariable(" ".join(what.split()))
    return Slip(_in_a_line(exc, ctx))


def _in_a_line(exc: click.UsageError, ctx: click.Context) -> str:
    """Say what is wrong and what to do."""
    if isinstance(exc, click.MissingParameter) and exc.param:
        server = ctx.params.get("server")
        if exc.param.name == "port" and isinstance(server, str):
            return _without_port(ctx.command_path, server)
        if exc.param.name == "server":
            return f"SERVER and PORT are missing, as in: {ctx.command_path} {EXAMPLE}"
    what = exc.format_message()
    if isinstance(exc, click.NoSuchOption) and exc.possibilities:
        what = (
            f"{exc.message.rstrip('.')}; did you mean {' or '.join(exc.possibilities)}?"
        )
    what = what.rstrip(".")
    return f"{what[:1].lower()}{what[1:]} ({ctx.command_path} --help tells more)"


def _without_port(path: str, server: str) -> str:
    host, colon, port = server.rpartition(":")
    is_bare = ":" in host and not host.startswith("[")  # an IPv6 address of its own
    if colon and port.isdecimal() and not is_bare:
        return f"SERVER and PORT are two words: {path} {host.strip('[]')} {port}"
    return f"PORT is missing, as in: {path} {server} 5555"
