"""The option that names the file of the configuration, and errors in that file."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from ..errors import ConfigurationError

if TYPE_CHECKING:
    from .toml_file import ConfigurationFile

FILE: Final = "parlour.configuration"  # key of the file in a context


def load_configuration(
    ctx: click.Context, _param: click.Parameter, path: Path | None
) -> Path | None:
    """Make the values in the file at *path* the defaults of the options.

    Raises `ConfigurationError` if the file has errors.
    """
    if path is not None:
        from .toml_file import read_configuration  # noqa: PLC0415 -- rarely needed

        file = read_configuration(path)
        if file.problems:
            raise ConfigurationError("\n".join(file.describe_problems()))
        ctx.default_map = file.values
        ctx.meta[FILE] = file
    return path


def configuration_file(ctx: click.Context) -> "ConfigurationFile | None":
    """Return the file of the configuration that *ctx* has loaded, if any."""
    found: ConfigurationFile | None = ctx.meta.get(FILE)
    return found


CONFIG: Final = click.Option(
    ["--config"],
    type=click.Path(path_type=Path),
    metavar="FILE",
    is_eager=True,
    callback=load_configuration,
    help="A file with settings, in TOML. Options and variables take precedence.",
)
