"""The server's certificate and key, which can be loaded again while it runs."""

import ssl
from pathlib import Path
from typing import Final, NamedTuple

from parlour.system.tls.certificate_facts import CertificateFacts, certificate_facts

from .certificate_error import CertificateError

ENCRYPTED_KEY: Final = (
    "it is encrypted, and the server cannot ask for its password; "
    "decrypt it with: openssl pkey -in {path} -out FILE"
)
OTHER_KEY: Final = "{key}: it is not the key of the certificate {cert}, or is damaged"
REASONS: Final = {
    "EE_KEY_TOO_SMALL": "{cert}: its key is too short to be secure",
    "CA_KEY_TOO_SMALL": "{cert}: the key of its authority is too short to be secure",
    "CA_MD_TOO_WEAK": "{cert}: its signature is too weak to be secure",
}
"""What is wrong, by OpenSSL's reason."""


class _EncryptedKeyError(Exception):
    """The key has a password."""


class Pair(NamedTuple):
    """A certificate with its key."""

    context: ssl.SSLContext
    facts: CertificateFacts


class Certificates:
    """The certificate and the key for new connections; existing ones keep theirs.

    Any thread may read `context` and `facts`; one at a time may call `replace`.
    """

    def __init__(self, pair: Pair) -> None:
        self.context, self.facts = pair

    def replace(self, pair: Pair) -> bool:
        """Use *pair* for new connections; return whether it has another certificate."""
        is_other = pair.facts != self.facts
        self.context, self.facts = pair
        return is_other


def load_pair(cert: Path, key: Path) -> Pair:
    """Load the pair in the files *cert* and *key*. Raises `CertificateError`."""
    text = _read(cert)
    if "PRIVATE KEY-----" not in _read(key):
        raise CertificateError(f"{key}: there is no key in PEM format in it")
    try:
        facts = certificate_facts(cert, text)
    except (ValueError, KeyError, ssl.SSLError):
        why = "there is no certificate in PEM format in it"
        raise CertificateError(f"{cert}: {why}") from None
    return Pair(_load(cert, key), facts)


def _load(cert: Path, key: Path) -> ssl.SSLContext:
    """Return a context with the pair. Raises `CertificateError`."""
    context = server_context()
    try:
        context.load_cert_chain(cert, key, _refuse_password)
    except _EncryptedKeyError:
        raise CertificateError(f"{key}: {ENCRYPTED_KEY.format(path=key)}") from None
    except ssl.SSLError as exc:
        message = REASONS.get(exc.reason or "", OTHER_KEY)
        raise CertificateError(message.format(cert=cert, key=key)) from None
    except OSError as exc:  # it has changed since it was read
        raise CertificateError(f"{key}: {exc.strerror}") from None
    return context


def server_context() -> ssl.SSLContext:
    """Return a context of a server without a certificate: TLS 1.2 and newer.

    Sessions are resumed by tickets that only this context can read. Its keys are
    random, so they end with the process or the next reload; without tickets, OpenSSL
    would store the sessions of its last 20,480 peers.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION
    context.num_tickets = 1  # of TLS 1.3, in the first bytes that a client receives
    return context


def _read(path: Path) -> str:
    """Return the text of a file. Raises `CertificateError`."""
    try:
        return path.read_text(encoding="ascii", errors="replace")
    except OSError as exc:
        raise CertificateError(f"{path}: {exc.strerror}") from None


def _refuse_password() -> str:
    raise _EncryptedKeyError
