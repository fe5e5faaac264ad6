"""The command that makes a certificate for a laptop or a local network."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from shlex import quote
from socket import gethostname
from typing import TYPE_CHECKING, Final

import click

from .command_classes import ProgramCommand
from .errors import USAGE, ToolError, fail
from .option_types import NumberType
from .shared_options import SETTINGS

if TYPE_CHECKING:
    from parlour.system.tls.certificate_facts import CertificateFacts

    from .certificate_maker import MadeFiles

MAX_DAYS: Final = 3_650
DEFAULT_DAYS: Final = 825
"""The most that browsers of Apple accept."""


@click.command(cls=ProgramCommand, context_settings=SETTINGS)
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option(
    "--days",
    type=NumberType(1, MAX_DAYS),
    default=DEFAULT_DAYS,
    show_default=True,
    allow_from_autoenv=False,
    metavar="DAYS",
    help="How long the certificate is valid.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=".",
    allow_from_autoenv=False,
    metavar="DIR",
    help="Directory for the two files; may be new.  [default: the current one]",
)
@click.option(
    "--force",
    is_flag=True,
    allow_from_autoenv=False,
    help="Replace the files if they exist.",
)
def mkcert(*, names: tuple[str, ...], days: int, out: Path, force: bool) -> None:
    """Make a certificate and its key for host names and IP addresses.

    No authority signs it, so clients compare its fingerprint. Without NAME, it is for
    the names and addresses of this machine.
    """
    from parlour.system.tls.certificate_facts import certificate_facts  # noqa: PLC0415

    from .certificate_maker import (  # noqa: PLC0415 -- rarely needed
        MakerError,
        default_names,
        files_for,
        is_name,
        make_certificate,
    )

    for name in names:
        if not is_name(name):
            fail(f"{name!r} is neither a host name nor an IP address", USAGE)
    wanted = list(dict.fromkeys(names)) or default_names()
    files = files_for(names[0] if names else gethostname(), out)
    try:
        make_certificate(wanted, days, files, replaces=force)
    except MakerError as exc:
        raise ToolError(str(exc)) from None
    facts = certificate_facts(files.cert, files.cert.read_text("ascii"))
    click.echo("\n".join(_described(wanted, facts, files, is_chosen=bool(names))))


def _described(
    names: Sequence[str],
    facts: "CertificateFacts",
    files: "MadeFiles",
    *,
    is_chosen: bool,
) -> Iterator[str]:
    """Yield what was made, and how to serve and to join with it."""
    from parlour.core.loopback import names_for_others  # noqa: PLC0415
    from parlour.system.tls.certificate_facts import rows_of  # noqa: PLC0415

    yield f"{files.cert} and {files.key} are valid until {facts.expiry_date}"
    yield f"for {', '.join(names)}"
    yield "SHA-256 fingerprint:"
    for row in rows_of(facts.fingerprint):
        yield f"    {row}"
    others = names_for_others(names, short=is_chosen)  # who chose them knows them
    host = next(iter(others), "127.0.0.1")
    every = " --host ::" if ":" in host else " --host 0.0.0.0"
    # Others would also reach the port without TLS.
    everywhere = f"{every} --port off" if others else ""
    pair = f"--tls-cert {quote(str(files.cert))} --tls-key {quote(str(files.key))}"
    yield f"serve with: parlour serve{everywhere} {pair}"
    yield f"join with: parlour {host} --tls --fingerprint {facts.fingerprint}"
