"""The options by which a program trusts a server with TLS."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import click
from click.core import ParameterSource

from .errors import USAGE, fail
from .fingerprint_type import FingerprintType

NEEDING_TLS: Final = ("ca", "fingerprint")


def tls_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--tls``, ``--ca`` and ``--fingerprint`` to a command."""
    for option in (
        click.option(
            "--fingerprint",
            type=FingerprintType(),
            metavar="SHA256",
            help="With --tls: trust only the certificate with this fingerprint.",
        ),
        click.option(
            "--ca",
            type=click.Path(dir_okay=False, path_type=Path),
            metavar="FILE",
            help="With --tls: trust only the authorities, or the certificate, in FILE.",
        ),
        click.option(
            "--tls",
            is_flag=True,
            help="Encrypt the connection, and verify who the server is: by the "
            "authorities of this system, or by the fingerprint that you accept once. "
            "PORT is 5556 then, if it is not given.",
        ),
    ):
        command = option(command)
    return command


def check_trust(*, tls: bool, ca: Path | None, fingerprint: str | None) -> None:
    """Refuse options that would have no effect; in the environment, they may."""
    context = click.get_current_context()
    for name in NEEDING_TLS:
        source = context.get_parameter_source(name)
        if not tls and source is ParameterSource.COMMANDLINE:
            fail(f"--{name} needs --tls", USAGE)
    if tls and ca is not None and fingerprint is not None:
        fail("--ca and --fingerprint exclude each other", USAGE)
