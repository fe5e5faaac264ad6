"""Settings that have no effect without another one.

On the command line they are an error without it. In the environment, which several
programs may share, and in the file they are ignored and reported.
"""

import click
from click.core import ParameterSource

from ..command_classes import ProgramCommand
from ..errors import CommandLineError
from .config_option import configuration_file
from .table import SETTINGS_BY_NAME, TABLE


def ignore_without(needed: str, effect: str) -> None:
    """Refuse the settings that need the one called *needed*, or report them.

    *effect* says what follows from that, such as ``no page``.
    """
    ctx = click.get_current_context()
    variables, keys = [], []
    for setting in TABLE:
        if setting.needs != needed:
            continue
        source = ctx.get_parameter_source(setting.parameter)
        if source is ParameterSource.COMMANDLINE:
            raise dependency_error(
                f"{setting.option} needs --{needed}: without it, there is {effect}"
            )
        if source is ParameterSource.ENVIRONMENT:
            variables.append(setting.variable)
        if source is ParameterSource.DEFAULT_MAP:
            keys.append(setting.name)
    if isinstance(ctx.command, ProgramCommand):
        if variables:
            why = f"({effect} without {SETTINGS_BY_NAME[needed].variable})"
            ctx.command.report_ignored(ctx, f"{', '.join(variables)} {why}")
        if keys and (file := configuration_file(ctx)):
            why = f"({effect} without {needed})"
            ctx.command.report_ignored(ctx, f"{', '.join(keys)} {why}", file.path)


def dependency_error(why: str) -> CommandLineError:
    """Return the error of a setting without another one that it needs."""
    path = click.get_current_context().command_path
    return CommandLineError(f"{why} (see {path} --help)")
