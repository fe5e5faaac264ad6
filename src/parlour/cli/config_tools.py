"""Commands for the configuration of a server: show it, and check a file."""

from pathlib import Path
from typing import TYPE_CHECKING, Literal, Unpack

import click

from .command_classes import ProgramCommand, ToolGroup
from .settings.chosen import server_config
from .settings.config_option import ConfigurationError
from .settings.rendering import commented_file, effective_settings
from .settings.settings_command import SettingsCommand
from .shared_options import SETTINGS

if TYPE_CHECKING:
    from .settings.chosen import ChosenSettings


@click.group(cls=ToolGroup, context_settings=SETTINGS | {"auto_envvar_prefix": None})
def config() -> None:
    """Show the settings of a server, or check a file with settings."""


@config.command(cls=SettingsCommand, context_settings=SETTINGS)
@click.option(
    "--effective",
    "shown",
    flag_value="effective",
    default="effective",
    allow_from_autoenv=False,
    help="The values with which `parlour serve` would start, and where each comes "
    "from.  [default]",
)
@click.option(
    "--default",
    "shown",
    flag_value="default",
    allow_from_autoenv=False,
    help="A file with all defaults, as comments, to start from.",
)
def show(
    *,
    config: Path | None,  # noqa: ARG001 -- the values in it are those of the options
    shown: Literal["effective", "default"],
    **chosen: "Unpack[ChosenSettings]",
) -> None:
    """Show the settings as TOML, with the same options as `parlour serve`."""
    if shown == "default":
        lines = commented_file()
    else:
        server_config(chosen, None)  # reports what it ignores or refuses
        lines = effective_settings(click.get_current_context())
    click.echo("\n".join(lines).rstrip())


@config.command(cls=ProgramCommand, context_settings=SETTINGS)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def check(file: Path) -> None:
    """Check FILE, and print every error in it with its line."""
    from .settings.toml_file import read_configuration  # noqa: PLC0415

    found = read_configuration(file)
    if found.problems:
        raise ConfigurationError(found)
    count = len(found.values)
    click.echo(f"{file}: {count} setting{'' if count == 1 else 's'}, no errors")
