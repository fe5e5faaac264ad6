"""Reads all settings again while a server runs, and compares them with the old ones."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import CommandLineError
from .chosen import ChosenSettings, collected, ignored_settings, server_config
from .setting import Applied, Setting
from .settings_command import ARGUMENTS
from .table import TABLE

if TYPE_CHECKING:
    from parlour.server.reloading import ReloadedConfig


def config_loader(
    ctx: click.Context, chosen: ChosenSettings, trace: Path | None
) -> Callable[[], "ReloadedConfig"]:
    """Return a function that loads the configuration for `server.reloading`.

    It parses the arguments of *ctx* again, with the same environment and the file as it
    is then. All settings are checked. Those that a running server can change are new in
    its result, and the others are as *chosen* at the start.
    """
    from parlour.server.reloading import (  # noqa: PLC0415
        InvalidConfigurationError,
        ReloadedConfig,
    )

    start: dict[str, Any] = dict(chosen)
    last = start

    def load() -> ReloadedConfig:
        nonlocal last
        try:
            again = ctx.command.make_context(
                ctx.info_name, list(ctx.meta[ARGUMENTS]), parent=ctx.parent
            )
            now: dict[str, Any] = {
                x.parameter: again.params[x.parameter] for x in TABLE
            }
            with again:
                server_config(collected(**now), trace)
                ignored = ignored_settings(collected(**now))
                applied = {
                    x.parameter: (now if _applies(x, start, now) else start)[
                        x.parameter
                    ]
                    for x in TABLE
                }
                config = server_config(collected(**applied), trace)
        except CommandLineError as exc:
            raise InvalidConfigurationError(exc.message.splitlines()) from None
        changed = tuple(_differing(last, applied))
        last = applied
        return ReloadedConfig(
            config,
            changed,
            tuple(_differing(applied, now)),
            tuple(f"{text} in {file or 'the environment'}" for text, file in ignored),
        )

    return load


def _applies(
    setting: Setting, start: dict[str, object], now: dict[str, object]
) -> bool:
    """Return whether a running server can change *setting* to its value *now*."""
    if setting.applied is Applied.AS_REPLACEMENT:
        before, after = start[setting.parameter], now[setting.parameter]
        return (before is None) == (after is None)
    return setting.applied is Applied.ON_RELOAD


def _differing(one: dict[str, object], other: dict[str, object]) -> list[str]:
    return [x.name for x in TABLE if one[x.parameter] != other[x.parameter]]
