"""Commands for the configuration of a server: show it, and check a file."""

from pathlib import Path
from typing import TYPE_CHECKING, Literal, Unpack

import click

from .command_classes import ProgramCommand, ToolGroup
from .errors import ConfigurationError
from .settings.chosen import collected, server_config
from .settings.config_option import configuration_file
from .settings.rendering import commented_file, effective_settings
from .settings.settings_command import SettingsCommand, report_ignored_settings
from .settings.table import TABLE
from .shared_options import SETTINGS

if TYPE_CHECKING:
    from parlour.server.config import TLSFiles

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
        ctx = click.get_current_context()
        server_config(chosen, None)  # raises an error if a setting needs another
        report_ignored_settings(ctx, chosen)
        lines = effective_settings(ctx)
    click.echo("\n".join(lines).rstrip())


@config.command(cls=ProgramCommand, context_settings=SETTINGS)
@click.argument("file", type=click.Path(path_type=Path))
def check(file: Path) -> None:
    """Check FILE and its certificate, and print every error with its line."""
    with show.make_context(
        "check", ["--config", str(file)], auto_envvar_prefix=None
    ) as ctx:
        values = {each.parameter: ctx.params[each.parameter] for each in TABLE}
        settings = server_config(collected(**values), None)
        report_ignored_settings(ctx, collected(**values))
        _check_certificate(settings.tls)
        found = configuration_file(ctx)
    count = len(found.values) if found is not None else 0
    click.echo(f"{file}: {count} setting{'' if count == 1 else 's'}, no errors")


def _check_certificate(files: "TLSFiles | None") -> None:
    """Load the certificate and its key as a server does.

    Raises `ConfigurationError` if it could not start with them.
    """
    if files is None:
        return
    from parlour.server.tls.certificate_error import (  # noqa: PLC0415
        CertificateError,
    )
    from parlour.server.tls.certificates import (  # noqa: PLC0415 -- loads OpenSSL
        load_pair,
    )

    try:
        load_pair(files.cert, files.key)
    except CertificateError as exc:
        raise ConfigurationError(str(exc)) from None
