"""The base of most types of options and arguments."""

from abc import ABC, abstractmethod
from pathlib import Path
from typing import ClassVar, TypeVar

import click
from click.shell_completion import CompletionItem

Value = TypeVar("Value")


class ValueType(click.ParamType[Value], ABC):
    """A type that needs only the value to convert it.

    Its errors need not name the option: click does.
    """

    is_file: ClassVar[bool] = False
    """Whether a value is the path of a file, which a shell completes."""
    takes_numbers: ClassVar[bool] = False
    """Whether a value may be a number of TOML, in a file with settings."""
    takes_strings: ClassVar[bool] = True
    """Whether a value may be any string there, to be parsed."""
    words: ClassVar[tuple[str, ...]] = ()
    """Words that have a meaning in place of a value."""

    @abstractmethod
    def parse(self, value: object) -> Value:
        """Return the typed or default *value*; call :meth:`fail` if it is invalid."""

    def written(self, value: Value) -> str:
        """Return a *value* as a user would write it."""
        return str(value)

    def in_directory(
        self,
        value: object,
        directory: Path,  # noqa: ARG002
    ) -> object:
        """Return a *value* from a file in *directory*: a path is relative to that."""
        return value

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem[str]]:
        """Return what a shell offers for a value that begins with *incomplete*."""
        if self.is_file:
            return [CompletionItem(incomplete, type="file")]
        return super().shell_complete(ctx, param, incomplete)

    def convert(
        self,
        value: object,
        param: click.Parameter | None,  # noqa: ARG002
        ctx: click.Context | None,  # noqa: ARG002
    ) -> Value:
        """Return *value* as one of this type, for click."""
        return self.parse(value)
