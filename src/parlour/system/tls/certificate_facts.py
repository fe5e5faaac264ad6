"""What people need to know of a certificate: names, fingerprint and expiry."""

import hashlib
import re
import ssl
import time
from _ssl import _test_decode_cert  # type: ignore[attr-defined]  # not in typeshed
from ipaddress import ip_address
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Final, NamedTuple

PEM_HEAD: Final = "-----BEGIN CERTIFICATE-----"
PEM_END: Final = "-----END CERTIFICATE-----"
FINGERPRINT_DIGITS: Final = 64  # of SHA-256
ROW: Final = 48  # characters of a fingerprint in the first of two rows
HEX_DIGITS: Final = frozenset("0123456789ABCDEF")
LABEL: Final = re.compile(r"^\s*sha-?256(\s*fingerprint)?\s*[:=]?", re.IGNORECASE)
DAY: Final = 86_400.0  # seconds
EXPIRY_WARNING: Final = 14 * DAY  # seconds before the end, from which the server warns


class CertificateFacts(NamedTuple):
    """The facts of the first certificate in a file, which is the server's own."""

    names: tuple[str, ...]
    """DNS names and IP addresses; the common name if there are none of these."""
    fingerprint: str
    """SHA-256 of the certificate, as ``openssl x509 -fingerprint`` shows it."""
    expires: float
    """When it expires, in seconds since 1970."""

    @property
    def expiry_date(self) -> str:
        """The day on which it expires, in UTC, such as ``2026-11-28``."""
        return time.strftime("%Y-%m-%d", time.gmtime(self.expires))

    def is_expired(self, wall: float) -> bool:
        """Return whether it has expired at the wall time *wall*."""
        return self.expires <= wall

    def expires_soon(self, wall: float) -> bool:
        """Return whether it expires within `EXPIRY_WARNING`, or has expired."""
        return self.expires <= wall + EXPIRY_WARNING


def certificate_facts(path: Path, pem: str) -> CertificateFacts:
    """Return the facts of the first certificate in the file *path* with the text *pem*.

    Raises ValueError or `ssl.SSLError` if there is none.
    """
    start, end = pem.index(PEM_HEAD), pem.index(PEM_END) + len(PEM_END)
    der = ssl.PEM_cert_to_DER_cert(pem[start:end])
    # Python has no public function for a certificate that it has not verified. This
    # one is there in every version, for Python's own tests.
    found: dict[str, Any] = _test_decode_cert(str(path))
    others = found.get("subjectAltName", ())
    names = [_name(*each) for each in others if each[0] in {"DNS", "IP Address"}]
    if not names:
        subject = [pair for part in found.get("subject", ()) for pair in part]
        names = [value for key, value in subject if key == "commonName"]
    expires = float(ssl.cert_time_to_seconds(str(found["notAfter"])))
    return CertificateFacts(tuple(names), fingerprint(der), expires)


def _name(kind: str, value: str) -> str:
    """Return a name as people write it: OpenSSL writes all eight parts of ``::1``."""
    return str(ip_address(value.strip())) if kind == "IP Address" else value


def facts_of_peer(der: bytes) -> CertificateFacts | None:
    """Return the facts of a certificate that a peer has sent; None if it is damaged."""
    pem = ssl.DER_cert_to_PEM_cert(der)
    with NamedTemporaryFile("w", encoding="ascii", suffix=".pem") as file:
        file.write(pem)
        file.flush()
        try:
            return certificate_facts(Path(file.name), pem)
        except (ValueError, KeyError, ssl.SSLError):
            return None


def fingerprint(der: bytes) -> str:
    """Return the SHA-256 fingerprint of a certificate, as ``openssl x509`` shows it."""
    found = hashlib.sha256(der).hexdigest().upper()
    return ":".join(found[at : at + 2] for at in range(0, len(found), 2))


def rows_of(fingerprint: str) -> tuple[str, str]:
    """Return a fingerprint in two rows, as people compare it."""
    return fingerprint[:ROW], fingerprint[ROW:]


def parse_fingerprint(text: str) -> str | None:
    """Return a fingerprint in the form of :func:`fingerprint`, or None if it is none.

    Colons, blanks and a label such as ``sha256 Fingerprint=`` may be there or not.
    """
    found = LABEL.sub("", text).translate({ord(" "): None, ord(":"): None}).upper()
    if len(found) != FINGERPRINT_DIGITS or set(found) - HEX_DIGITS:
        return None
    return ":".join(found[at : at + 2] for at in range(0, len(found), 2))
