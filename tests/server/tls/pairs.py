"""Certificates and keys for tests, made by the openssl program."""

import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from parlour.server.tls.certificates import Certificates, load_pair

EC_KEY: Final = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256")
LOCALHOST: Final = ("DNS:localhost", "IP:127.0.0.1")


class Pair(NamedTuple):
    """The files of a certificate, which is its own authority, and of its key."""

    cert: Path
    key: Path

    @property
    def certificates(self) -> Certificates:
        return Certificates(load_pair(self.cert, self.key))

    def copy_from(self, other: "Pair") -> None:
        """Replace both files by those of *other*."""
        self.cert.write_bytes(other.cert.read_bytes())
        self.key.write_bytes(other.key.read_bytes())


def make_pair(
    directory: Path,
    name: str = "localhost",
    *,
    names: Sequence[str] = LOCALHOST,
    key: Sequence[str] = EC_KEY,
    days: int = 30,
    password: str = "",
) -> Pair:
    """Make a certificate for *names*, such as ``DNS:localhost``, valid for *days*."""
    pair = Pair(directory / f"{name}.pem", directory / f"{name}.key")
    alternatives = ["-addext", f"subjectAltName={','.join(names)}"] if names else []
    openssl(
        *("req", "-x509", *key, "-days", str(days), "-subj", f"/CN={name}"),
        *("-out", str(pair.cert), "-keyout", str(pair.key), *alternatives),
        *(("-passout", f"pass:{password}") if password else ("-noenc",)),
    )
    return pair


EXPIRED_CONFIG: Final = """\
[ca]
default_ca = own
[own]
database = {directory}/index
new_certs_dir = {directory}
rand_serial = yes
default_md = sha256
policy = names
x509_extensions = extensions
[names]
commonName = supplied
[extensions]
subjectAltName = {names}
"""


def make_expired_pair(directory: Path) -> Pair:
    """Make a certificate for localhost that was valid in the year 2020."""
    pair = Pair(directory / "expired.pem", directory / "expired.key")
    request, config = directory / "request", directory / "config"
    (directory / "index").touch()
    config.write_text(
        EXPIRED_CONFIG.format(directory=directory, names=",".join(LOCALHOST))
    )
    openssl(
        *("req", "-new", *EC_KEY, "-noenc", "-subj", "/CN=localhost"),
        *("-keyout", str(pair.key), "-out", str(request)),
    )
    openssl(
        *("ca", "-selfsign", "-batch", "-notext", "-config", str(config)),
        *("-keyfile", str(pair.key), "-in", str(request), "-out", str(pair.cert)),
        *("-startdate", "20200101000000Z", "-enddate", "20210101000000Z"),
    )
    return pair


def openssl(*arguments: str) -> str:
    """Run the openssl program, and return what it prints."""
    done = subprocess.run(
        ["openssl", *arguments], check=False, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@cache
def _shared() -> tuple[TemporaryDirectory[str], Pair]:
    directory = TemporaryDirectory()
    return directory, make_pair(Path(directory.name))


def localhost_pair() -> Pair:
    """Return a pair for this machine, the same for all tests."""
    return _shared()[1]


def own_pair(directory: Path) -> Pair:
    """Return a copy of the pair of localhost in *directory*, which may be changed."""
    copy = Pair(directory / "mine.pem", directory / "mine.key")
    copy.copy_from(localhost_pair())
    return copy
