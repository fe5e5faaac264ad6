"""Classes of commands: standard streams, resource limits, environment, Ctrl-C."""

import signal
from pathlib import Path
from typing import Any, ClassVar, Final

import click

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

from .environment import ignore_unknown
from .errors import FAILED, fail, usage_errors_in_one_line

FEW_DESCRIPTORS: Final = 16  # open files that a command other than the server needs
IGNORED: Final = "parlour.ignored"  # key of the ignored variables in a context


class StreamSafeCommand(click.Command):
    """A command with reliable standard streams, and all errors in one line.

    This includes its help and its usage errors.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        with usage_errors_in_one_line(ctx):
            return super().parse_args(ctx, args)

    def main(self, *args: Any, **extra: Any) -> Any:  # noqa: ANN401 -- as click's
        open_missing_streams()
        install_reliable_streams()
        try:
            return super().main(*args, **extra)
        except OSError as exc:
            discard_output()
            if not isinstance(exc, BrokenPipeError):  # the reader ended, as head does
                file = exc.filename or "standard output"
                print_error(f"parlour: {file}: {exc.strerror}\n")
            raise SystemExit(FAILED) from None


class ProgramCommand(StreamSafeCommand):
    """One of the two programs, or a command of ``parlour``.

    Environment variables can set its options. Other variables with the prefix, which
    do not set an option of any program, are ignored and reported.
    """

    option_variables: ClassVar[set[str]] = set()
    """The variables that set an option of any program."""
    min_descriptors = FEW_DESCRIPTORS
    """The open files that it needs."""
    resource_exit_code = FAILED
    """Its exit code if a limit of the system is too low."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.meta[IGNORED] = ignore_unknown(self.option_variables)
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        if ignored := ctx.meta[IGNORED]:
            self.report_ignored(ctx, ignored)
        try:
            raise_descriptor_limit(self.min_descriptors)
            result: object = super().invoke(ctx)
        except ResourceLimitError as exc:
            fail(str(exc), self.resource_exit_code)
        except (MemoryError, RuntimeError, ImportError, OSError) as exc:
            if not (resource := exhausted_resource(exc)):
                raise
            message = f"cannot continue: the system allows no more {resource}"
            fail(message, self.resource_exit_code)
        return result

    def report_ignored(
        self, _ctx: click.Context, ignored: str, file: Path | None = None
    ) -> None:
        """Report which environment variables are ignored, or which keys in *file*."""
        place = "the environment" if file is None else f"{file}"
        print_error(f"parlour: ignored in {place}: {ignored}\n")


class ToolGroup(StreamSafeCommand, click.Group):
    """A command that is the first word of several."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        with usage_errors_in_one_line(ctx):
            return super().resolve_command(ctx, args)


class InterruptibleCommand(ProgramCommand):
    """A program that Ctrl-C ends silently until the program handles it itself."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, signal.SIG_DFL)
        return super().parse_args(ctx, args)
