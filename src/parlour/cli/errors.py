"""Errors of a command: one line on standard error, and an exit code."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Final, NoReturn

import click
from click.core import ParameterSource

from parlour.core.default_ports import CHAT_PORT
from parlour.system.standard_streams import print_error

from .environment import PREFIX

FAILED: Final = 1
USAGE: Final = 2
CANNOT_START: Final = 3
BAD_CONFIGURATION: Final = 78  # EX_CONFIG of <sysexits.h>

MISSPELLED: Final = (click.NoSuchOption, click.exceptions.NoSuchCommand)

EXAMPLE_SERVER: Final = f"127.0.0.1 {CHAT_PORT}"


def fail(message: str, exit_code: int) -> NoReturn:
    """Print each line of *message* as an error, and exit."""
    report(message)
    raise SystemExit(exit_code)


def report(message: str) -> None:
    """Print each line of *message* as an error."""
    for line in message.splitlines():
        print_error(f"parlour: {line}\n")


class CommandLineError(click.ClickException):
    """An error in the command line, reported in one line like other errors."""

    exit_code = click.UsageError.exit_code

    def show(self, file: IO[str] | None = None) -> None:  # noqa: ARG002 -- click's
        report(self.message)


class ConfigurationError(CommandLineError):
    """A setting in the environment or in a file that cannot be used.

    The message may have a line for each of several.
    """

    exit_code = BAD_CONFIGURATION


class CannotStartError(CommandLineError):
    """What a server needs is not there."""

    exit_code = CANNOT_START


class ToolError(CommandLineError):
    """What another command needs is not there."""

    exit_code = FAILED


@contextmanager
def usage_errors_in_one_line(ctx: click.Context) -> Iterator[None]:
    """Raise click's usage errors as :class:`CommandLineError`."""
    try:
        yield
    except click.exceptions.NoArgsIsHelpError:
        raise
    except click.UsageError as exc:
        raise _command_line_error(exc, exc.ctx or ctx) from None


def _command_line_error(exc: click.UsageError, ctx: click.Context) -> CommandLineError:
    """Return the error for the command line, or for a variable that sets an option."""
    if isinstance(exc, click.BadParameter) and exc.param and exc.param.name:
        name = exc.param.name
        if ctx.get_parameter_source(name) is ParameterSource.ENVIRONMENT:
            message = f"{PREFIX}{name.upper()} in the environment: {exc.message}"
            return ConfigurationError(" ".join(message.split()))
    return CommandLineError(_message(exc, ctx))


def _message(exc: click.UsageError, ctx: click.Context) -> str:
    """Return what is wrong, and what to do about it."""
    param = exc.param if isinstance(exc, click.MissingParameter) else None
    if param is not None and param.name == "server":
        example = f"{ctx.command_path} {EXAMPLE_SERVER}"
        return f"SERVER and PORT are missing, as in: {example}"
    message = exc.format_message()
    if isinstance(exc, MISSPELLED) and exc.possibilities:
        similar = " or ".join(exc.possibilities)
        message = f"{exc.message.rstrip('.')}; did you mean {similar}?"
    message = message.rstrip(".")
    return f"{message[:1].lower()}{message[1:]} (see {ctx.command_path} --help)"


def missing_port(path: str, server: str) -> str:
    """Return what to write instead of *server* alone; *path* is the command."""
    host, colon, port = server.rpartition(":")
    is_ipv6 = ":" in host and not host.startswith("[")  # without a port
    if colon and port.isdecimal() and not is_ipv6:
        example = f"{path} {host.strip('[]')} {port}"
        return f"SERVER and PORT are two arguments, as in: {example}"
    return f"PORT is missing, as in: {path} {server} {CHAT_PORT}"
