"""The option that names the file of the configuration, and errors in that file."""

from pathlib import Path
from typing import Final

import click

from parlour.system.standard_streams import print_error

from ..errors import BAD_CONFIGURATION, CommandLineError
from .toml_file import ConfigurationFile, read_configuration

FILE: Final = "parlour.configuration"  # key of the file in a context


class ConfigurationError(CommandLineError):
    """A file of the configuration with errors: one line for each."""

    exit_code = BAD_CONFIGURATION

    def __init__(self, file: ConfigurationFile) -> None:
        super().__init__("\n".join(file.describe_problems()))

    def show(self, _file: object = None) -> None:
        for line in self.message.splitlines():
            print_error(f"parlour: {line}\n")


def load_configuration(
    ctx: click.Context, _param: click.Parameter, path: Path | None
) -> Path | None:
    """Make the values in the file at *path* the defaults of the options.

    Raises `ConfigurationError` if the file has errors.
    """
    if path is not None:
        file = read_configuration(path)
        if file.problems:
            raise ConfigurationError(file)
        ctx.default_map = file.values
        ctx.meta[FILE] = file
    return path


def configuration_file(ctx: click.Context) -> ConfigurationFile | None:
    """Return the file of the configuration that *ctx* has loaded, if any."""
    found = ctx.meta.get(FILE)
    return found if isinstance(found, ConfigurationFile) else None


CONFIG: Final = click.Option(
    ["--config"],
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    is_eager=True,
    callback=load_configuration,
    help="A file with settings, in TOML. Options and variables take precedence.",
)
