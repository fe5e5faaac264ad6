"""Settings as text: the values in effect, and a file with comments."""

import textwrap
from collections.abc import Iterator
from typing import Final

import click
from click.core import ParameterSource

from .config_option import configuration_file
from .setting import Setting
from .table import SETTINGS_BY_GROUP
from .toml_value import toml_value

WIDTH: Final = 78  # columns of a comment
COMMENT_COLUMN: Final = 32  # where the source of a value starts, if it is short
INTRODUCTION: Final = """\
# Settings of `parlour serve --config FILE`. A line that begins with "#" is a comment.
# Options and environment variables take precedence over this file.
"""


def effective_settings(ctx: click.Context) -> Iterator[str]:
    """Yield lines of TOML with each setting's value in *ctx* and where it is from.

    A setting that is not set, and whose default depends on something else, is a
    comment.
    """
    for heading, settings in SETTINGS_BY_GROUP.items():
        yield f"# {heading}"
        yield from (_effective(setting, ctx) for setting in settings)
        yield ""


def commented_file() -> Iterator[str]:
    """Yield lines of a file with every setting as a comment, and what it means."""
    yield from INTRODUCTION.splitlines()
    for heading, settings in SETTINGS_BY_GROUP.items():
        yield ""
        yield f"# {f' {heading} ':-^{WIDTH - 2}}"
        for setting in settings:
            yield ""
            yield from _commented(setting)


def _effective(setting: Setting, ctx: click.Context) -> str:
    value = ctx.params[setting.parameter]
    is_off = setting.default is not None  # by a value such as a rate of "off"
    if value == () or (value is None and not is_off):
        line = f"# {setting.name}: {setting.derived or 'none'}"
    else:
        line = f"{setting.name} = {toml_value(_written(setting, value))}"
    return f"{line:<{COMMENT_COLUMN}}  # {_source(setting, ctx)}"


def _written(setting: Setting, value: object) -> object:
    if isinstance(value, tuple) and setting.is_multiple:
        return [_written_once(setting, each) for each in value]
    return _written_once(setting, value)


def _written_once(setting: Setting, value: object) -> object:
    return value if isinstance(value, int) else setting.written(value)


def _source(setting: Setting, ctx: click.Context) -> str:
    """Return where the value of *setting* comes from."""
    match ctx.get_parameter_source(setting.parameter):
        case ParameterSource.COMMANDLINE:
            return setting.option
        case ParameterSource.ENVIRONMENT:
            return setting.variable
        case ParameterSource.DEFAULT_MAP:
            file = configuration_file(ctx)
            if file is None:
                raise AssertionError("values of a file come from a file")
            return f"{file.path}:{file.lines[setting.parameter]}"
        case _:
            return "default"


def _commented(setting: Setting) -> Iterator[str]:
    """Yield comments that describe *setting*, and its default or an example."""
    for line in textwrap.wrap(setting.help, WIDTH - 2):
        yield f"# {line}"
    if setting.derived:
        yield from (f"# {x}" for x in textwrap.wrap(f"Default: {setting.derived}.", 76))
    value = setting.example if setting.default is None else setting.default
    yield f"#{setting.name} = {toml_value(value)}"
