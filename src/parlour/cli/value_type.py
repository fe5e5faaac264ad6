"""The base of most types of options and arguments."""

from abc import ABC, abstractmethod
from typing import TypeVar

import click

Value = TypeVar("Value")


class ValueType(click.ParamType[Value], ABC):
    """A type that needs only the value to convert it.

    Its errors need not name the option: click does.
    """

    @abstractmethod
    def parse(self, value: object) -> Value:
        """Return the typed or default *value*; call :meth:`fail` if it is invalid."""

    def convert(
        self,
        value: object,
        param: click.Parameter | None,  # noqa: ARG002
        ctx: click.Context | None,  # noqa: ARG002
    ) -> Value:
        """Return *value* as one of this type, for click."""
        return self.parse(value)
