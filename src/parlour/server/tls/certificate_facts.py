"""What people need to know of a certificate: names, fingerprint and expiry."""

import hashlib
import ssl
from _ssl import _test_decode_cert  # type: ignore[attr-defined]  # not in typeshed
from pathlib import Path
from typing import Any, Final, NamedTuple

PEM_HEAD: Final = "-----BEGIN CERTIFICATE-----"
PEM_END: Final = "-----END CERTIFICATE-----"
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
    fingerprint = hashlib.sha256(der).hexdigest().upper()
    # Python has no public function for a certificate that no peer has sent. This one
    # is there in every version, for Python's own tests.
    found: dict[str, Any] = _test_decode_cert(str(path))
    names = [str(each[1]) for each in found.get("subjectAltName", ())]
    if not names:
        subject = [pair for part in found.get("subject", ()) for pair in part]
        names = [value for key, value in subject if key == "commonName"]
    return CertificateFacts(
        tuple(names),
        ":".join(fingerprint[at : at + 2] for at in range(0, len(fingerprint), 2)),
        float(ssl.cert_time_to_seconds(str(found["notAfter"]))),
    )
