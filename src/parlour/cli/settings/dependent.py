"""Settings that have no effect without another one, and settings that need another.

On the command line a setting without effect is an error. In the environment, which
several programs may share, and in the file it is ignored and reported.
"""

from pathlib import Path
from typing import NamedTuple

import click
from click.core import ParameterSource

from ..errors import CommandLineError, ConfigurationError
from .config_option import configuration_file
from .table import SETTINGS_BY_NAME, TABLE


class Ignored(NamedTuple):
    """Settings that are ignored, and why, in one line."""

    text: str
    file: Path | None
    """The file that they are in; None for variables of the environment."""


def ignored_without(needed: str, effect: str) -> list[Ignored]:
    """Return the settings that are set and need the one called *needed*, which is not.

    *effect* says what follows from that, such as ``no page``. Raises
    `CommandLineError` if one of them is an option.
    """
    ctx = click.get_current_context()
    variables, keys = [], []
    for setting in TABLE:
        if setting.needs != needed:
            continue
        source = ctx.get_parameter_source(setting.parameter)
        if source is ParameterSource.COMMANDLINE:
            why = f"{setting.option} needs --{needed}: without it, there is {effect}"
            raise missing_setting(why, setting.name)
        if source is ParameterSource.ENVIRONMENT:
            variables.append(setting.variable)
        if source is ParameterSource.DEFAULT_MAP:
            keys.append(setting.name)
    found = []
    if variables:
        why = f"({effect} without {SETTINGS_BY_NAME[needed].variable})"
        found.append(Ignored(f"{', '.join(variables)} {why}", None))
    if keys and (file := configuration_file(ctx)):
        why = f"({effect} without {needed})"
        found.append(Ignored(f"{', '.join(keys)} {why}", file.path))
    return found


def missing_setting(why: str, name: str) -> CommandLineError:
    """Return the error of the setting called *name*, which needs another one.

    Its exit code depends on where that setting comes from.
    """
    ctx = click.get_current_context()
    setting = SETTINGS_BY_NAME[name]
    source, file = ctx.get_parameter_source(setting.parameter), configuration_file(ctx)
    if source is ParameterSource.DEFAULT_MAP and file is not None:
        why = f"{file.path}:{file.lines[setting.parameter]}: {why}"
    elif source is ParameterSource.ENVIRONMENT:
        why = f"{setting.variable} in the environment: {why}"
    else:
        return CommandLineError(f"{why} (see {ctx.command_path} --help)")
    return ConfigurationError(why)
