"""Reads all settings again while a server runs, and compares them with the old ones."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import CommandLineError
from .chosen import ChosenSettings, collected, server_config
from .setting import Applied
from .settings_command import ARGUMENTS
from .table import TABLE

if TYPE_CHECKING:
    from parlour.server.reloading import Reread


def settings_reader(
    ctx: click.Context, chosen: ChosenSettings, trace: Path | None
) -> Callable[[], "Reread"]:
    """Return a function that reads the settings again, as `server.reloading` wants it.

    It parses the arguments of *ctx* again, with the same environment and the file as it
    is then. What it reports as changed differs from the *chosen* settings of the start,
    or from what it has read last.
    """
    from parlour.server.reloading import (  # noqa: PLC0415
        InvalidConfigurationError,
        Reread,
    )

    last = chosen

    def read_again() -> Reread:
        nonlocal last
        try:
            again = ctx.command.make_context(
                ctx.info_name, list(ctx.meta[ARGUMENTS]), parent=ctx.parent
            )
            values = {each.parameter: again.params[each.parameter] for each in TABLE}
            found = collected(**values)
            with again:
                config = server_config(found, trace)
        except CommandLineError as exc:
            raise InvalidConfigurationError(exc.message.splitlines()) from None
        before, now = dict(last), dict(found)
        applicable = _changed(before, now, Applied.ON_RELOAD)
        pending = _changed(dict(chosen), now, Applied.AT_START)
        last = found
        return Reread(config, applicable, pending)

    return read_again


def _changed(
    before: dict[str, object], now: dict[str, object], applied: Applied
) -> tuple[str, ...]:
    return tuple(
        setting.name
        for setting in TABLE
        if setting.applied is applied
        and before[setting.parameter] != now[setting.parameter]
    )
