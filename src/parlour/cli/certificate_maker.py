"""Makes a certificate and its key with the openssl program."""

import os
import re
import shutil
import socket
import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from parlour.core.loopback import is_address
from parlour.system.whole_file import WholeFile, write_whole

OPENSSL: Final = "openssl"
TIMEOUT: Final = 30.0  # seconds for the program
KEY_MODE: Final = 0o600
CERT_MODE: Final = 0o644
DIRECTORY_MODE: Final = 0o700
MAX_COMMON_NAME: Final = 64  # characters (RFC 5280)
LABEL: Final = r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)"
DNS_NAME: Final = re.compile(rf"(?:\*\.)?{LABEL}(?:\.{LABEL})*")
MAX_DNS_NAME: Final = 253  # characters

CONFIG: Final = """\
[req]
prompt = no
distinguished_name = subject
x509_extensions = extensions
[subject]
CN = {common_name}
[extensions]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
subjectAltName = @names
[names]
{names}
"""


class MakerError(Exception):
    """No certificate could be made; the message says why, and what to do."""


class MadeFiles(NamedTuple):
    """The files of a certificate and of its key."""

    cert: Path
    key: Path


def default_names() -> list[str]:
    """Return the addresses and names of this machine.

    The addresses come first: others may not be able to look up its name.
    """
    from parlour.server.addresses import addresses_of_machine  # noqa: PLC0415

    own = socket.gethostname()
    names = [*addresses_of_machine(), *([own] if is_name(own) else [])]
    return list(dict.fromkeys([*names, "localhost", "127.0.0.1", "::1"]))


def is_name(name: str) -> bool:
    """Return whether a certificate can be for *name*: a host name or an IP address."""
    is_dns = len(name) <= MAX_DNS_NAME and DNS_NAME.fullmatch(name) is not None
    is_number = name.replace(".", "").isdecimal()  # a mistyped address
    return is_address(name) or (is_dns and not is_number)


def files_for(name: str, directory: Path) -> MadeFiles:
    """Return where the certificate for *name* and others is written."""
    stem = re.sub(r"[^A-Za-z0-9._-]", "_", name.replace("*", "_wildcard"))
    return MadeFiles(directory / f"{stem}.pem", directory / f"{stem}.key")


def make_certificate(
    names: Sequence[str], days: int, files: MadeFiles, *, replaces: bool
) -> None:
    """Make a key, and a certificate for *names* that is its own authority.

    Unless it *replaces* them, both files must be new. Raises `MakerError`.
    """
    for path in files:
        if not replaces and os.path.lexists(path):
            raise MakerError(
                f"{path} exists: use another --out, or replace it: --force"
            )
    with TemporaryDirectory(prefix="parlour-mkcert-") as directory:
        made = MadeFiles(Path(directory, "cert"), Path(directory, "key"))
        config = Path(directory, "config")
        config.write_text(_config(names), encoding="utf-8")
        _run_openssl(config, days, made)
        try:
            files.cert.parent.mkdir(DIRECTORY_MODE, exist_ok=True)
            write_whole(
                WholeFile(files.cert, made.cert.read_bytes(), CERT_MODE),
                WholeFile(files.key, made.key.read_bytes(), KEY_MODE),
            )
        except OSError as exc:
            path = exc.filename2 or exc.filename or files.cert
            raise MakerError(f"{path}: {exc.strerror}") from None


def _config(names: Sequence[str]) -> str:
    kinds = [("IP" if is_address(name) else "DNS", name) for name in names]
    lines = [f"{kind}.{n} = {name}" for n, (kind, name) in enumerate(kinds, 1)]
    return CONFIG.format(common_name=names[0][:MAX_COMMON_NAME], names="\n".join(lines))


def _run_openssl(config: Path, days: int, made: MadeFiles) -> None:
    program = shutil.which(OPENSSL)
    if program is None:
        raise MakerError(
            "the program openssl is missing: install it, as with: apt install openssl"
        )
    made.key.touch(KEY_MODE)
    command = [
        *(program, "req", "-x509", "-new", "-nodes", "-sha256", "-days", str(days)),
        *("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"),
        *("-config", str(config), "-keyout", str(made.key), "-out", str(made.cert)),
    ]
    try:
        done = subprocess.run(  # noqa: S603 -- the names are checked
            command, check=False, capture_output=True, text=True, timeout=TIMEOUT
        )
    except (OSError, subprocess.TimeoutExpired) as exc:
        raise MakerError(f"openssl failed: {exc}") from None
    if done.returncode:
        reason = next(iter(reversed(done.stderr.splitlines())), "no reason given")
        raise MakerError(f"openssl failed: {reason}")
