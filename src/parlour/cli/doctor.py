"""The command that finds out what is wrong with a server: ``parlour doctor``."""

from pathlib import Path

import click

from .command_classes import InterruptibleCommand
from .completion import complete_port, complete_server
from .errors import FAILED, USAGE, fail
from .option_types import PathType, PortType
from .shared_options import SETTINGS, VERSION
from .tables import Cell, show
from .tool_output import printable

WIDTH = len("warning ")


@click.command(
    cls=InterruptibleCommand, context_settings=SETTINGS | {"auto_envvar_prefix": None}
)
@VERSION
@click.argument("server", shell_complete=complete_server)
@click.argument("port", type=PortType(1), metavar="PORT", shell_complete=complete_port)
@click.option("--tls", is_flag=True, help="Connect with TLS.")
@click.option(
    "--ca",
    type=PathType(),
    metavar="FILE",
    help="Certificates to trust instead of those of the system; needs --tls.",
)
@click.option(
    "--json", "as_json", is_flag=True, help="Print an object of JSON on each line."
)
def doctor(
    *, server: str, port: int, tls: bool, ca: Path | None, as_json: bool
) -> None:
    """Find out what is wrong with the server at SERVER and PORT, or with the way to it.

    Each line says what was checked, what was found and, if something is wrong, what to
    do. Nobody in the chat notices a diagnosis; only servers of the assignment announce
    the connection. The exit code is 1 if there is an error.
    """
    from parlour.client.diagnosis.encryption import Encryption  # noqa: PLC0415
    from parlour.client.diagnosis.findings import Finding, Level  # noqa: PLC0415
    from parlour.client.diagnosis.server import Target, diagnose  # noqa: PLC0415

    if ca is not None and not tls:
        fail("--ca needs --tls", USAGE)
    encryption = Encryption(ca) if tls else None
    has_error = False
    found: Finding
    for found in diagnose(Target(server, port, encryption)):
        has_error = has_error or found.level is Level.ERROR
        facts: dict[str, Cell] = {
            "level": found.level.value,
            "step": found.step,
            "text": found.text,
            "advice": found.advice or None,
        }
        if as_json:
            show([facts], as_json=True, if_empty="")
        else:
            advice = f"; {found.advice}" if found.advice else ""
            line = f"{found.level.value:{WIDTH}}{found.step}: {found.text}{advice}"
            click.echo(printable(line))
    if has_error:
        raise SystemExit(FAILED)
