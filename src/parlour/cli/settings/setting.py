"""A setting of the server: one row of the table of settings."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

import click

from ..environment import PREFIX
from ..value_type import ValueType


class Applied(Enum):
    """When a changed setting takes effect."""

    ON_RELOAD = "reload"
    """When the server reloads its configuration."""
    AS_REPLACEMENT = "reload, if it is set before and after"
    """The same, but only if it is set before and after that."""
    AT_START = "restart"
    """When the server starts again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A setting, whose option, environment variable and key in the file share a name.

    Its type also defines the bounds of its values, and its `help` mentions them.
    """

    name: str
    """Words and hyphens, as in ``max-users``: the key in the file."""
    help: str
    """One or two sentences for ``--help``."""
    details: str = ""
    """Further sentences for the reference, in Markdown."""
    type: click.ParamType[Any]
    default: object = None
    """Its default as one would type it; None if it has none, or a `derived` one."""
    derived: str = ""
    """What its default is if that depends on something else."""
    metavar: str | None = None
    is_multiple: bool = False
    """Whether it may have several values: an array in the file."""
    callback: Callable[..., object] | None = None
    """Checks all values of the option together, as click's callbacks do."""
    applied: Applied = Applied.AT_START
    needs: str = ""
    """The setting without which it has no effect."""
    example: object = None
    """A value that the commented file shows if there is no default."""

    @property
    def parameter(self) -> str:
        """The name of the parameter of the command's function."""
        return self.name.replace("-", "_")

    @property
    def option(self) -> str:
        """The option on the command line."""
        return f"--{self.name}"

    @property
    def variable(self) -> str:
        """The environment variable."""
        return f"{PREFIX}{self.parameter.upper()}"

    def written(self, value: object) -> str:
        """Return one typed *value* as a user would write it."""
        kind = self.type
        return kind.written(value) if isinstance(kind, ValueType) else str(value)

    def click_option(self) -> click.Option:
        """Return the option for a command."""
        derived = f"  [default: {self.derived}]" if self.derived else ""
        return click.Option(
            [self.option],
            type=self.type,
            default=() if self.is_multiple else self.default,
            show_default=self.default not in {None, ""},
            multiple=self.is_multiple,
            metavar=self.metavar,
            callback=self.callback,
            help=f"{self.help}{derived}",
        )
