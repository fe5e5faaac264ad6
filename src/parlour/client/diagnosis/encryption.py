"""TLS with a server: what was negotiated, or what is wrong with its certificate."""

import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from parlour.system.tls.certificate_facts import facts_of_peer

from ..io.tls_handshake import unverifying_context
from ..terminal.safe_text import make_safe
from .findings import Finding, error, ok, warning

STEP: Final = "tls"
TIMEOUT: Final = 10.0  # seconds for a handshake
MAX_NAMES: Final = 200  # characters of the names in a certificate

ADVICE: Final = {
    9: "check the clock of this machine; the certificate is not valid yet",
    10: "let the operator renew it, or check the clock of this machine",
    18: "compare its fingerprint with the operator's, and give it as --fingerprint",
    19: "give the certificate of its authority as --ca FILE",
    20: "give the certificate of its authority as --ca FILE",
    21: "let the operator send the whole chain, or give its authority as --ca FILE",
    62: "use a name that is in the certificate",
    64: "use a name that is in the certificate, instead of the address",
}
"""What to do, by the number of OpenSSL's error (``X509_V_ERR_…``)."""

NOT_TLS: Final = {
    *("WRONG_VERSION_NUMBER", "PACKET_LENGTH_TOO_LONG", "HTTP_REQUEST"),
    *("RECORD_LAYER_FAILURE", "UNKNOWN_PROTOCOL", "UNEXPECTED_MESSAGE"),
}
"""OpenSSL's reasons if the server does not speak TLS."""


class Encryption(NamedTuple):
    """How to connect with TLS: which authorities to trust, or which certificate."""

    ca: Path | None = None
    """A file of certificates to trust instead of those of the system."""
    fingerprint: str = ""
    """SHA-256 of the only certificate to trust, or "" to trust authorities."""


class EncryptionError(Exception):
    """TLS cannot be used; the finding says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.text)
        self.finding = finding


def context_for(encryption: Encryption) -> ssl.SSLContext:
    """Return a context that checks certificates, unless a fingerprint does.

    Raises `EncryptionError`.
    """
    if encryption.fingerprint:
        return unverifying_context()
    file = encryption.ca
    try:
        return ssl.create_default_context(cafile=None if file is None else str(file))
    except (OSError, ssl.SSLError) as exc:
        reason = "it has no certificate in PEM format"
        if exc.strerror and not isinstance(exc, ssl.SSLError):
            reason = exc.strerror
        advice = "give a file with certificates in PEM format"
        text = f"{file} cannot be used: {reason}"
        raise EncryptionError(error(STEP, text, advice)) from None


def encrypted(
    sock: socket.socket, server: str, context: ssl.SSLContext
) -> ssl.SSLSocket:
    """Return *sock* with TLS, which checks the name *server*.

    Raises `EncryptionError`, and closes the socket then.
    """
    sock.settimeout(TIMEOUT)
    try:
        return context.wrap_socket(sock, server_hostname=server)
    except (OSError, ValueError) as exc:
        sock.close()
        raise EncryptionError(_failure(exc)) from None


def described(sock: ssl.SSLSocket, encryption: Encryption) -> Iterator[Finding]:
    """Yield what was negotiated, and when the certificate expires.

    Raises `EncryptionError` if it has another fingerprint than is trusted.
    """
    cipher = sock.cipher()
    name = cipher[0] if cipher is not None else "unknown"
    yield ok(STEP, f"{sock.version()}, {name}")
    facts = facts_of_peer(sock.getpeercert(binary_form=True) or b"")
    if facts is None:
        text, advice = "it cannot be read", "let the operator make another one"
        raise EncryptionError(error("certificate", text, advice))
    if encryption.fingerprint not in {"", facts.fingerprint}:
        text = f"another one than expected: SHA-256 {facts.fingerprint}"
        advice = "ask the operator whether it was replaced; somebody may read along"
        raise EncryptionError(error("certificate", text, advice))
    until = time.strftime("%Y-%m-%d", time.gmtime(facts.expires))
    names = make_safe(", ".join(facts.names))[:MAX_NAMES]
    text = f"for {names}, until {until}, SHA-256 {facts.fingerprint}"
    if facts.expires_soon(time.time()):
        advice = "let the operator renew it"
        yield warning("certificate", f"{text}: expires soon", advice)
    else:
        yield ok("certificate", text)


def _failure(exc: Exception) -> Finding:
    match exc:
        case ssl.SSLCertVerificationError():
            advice = ADVICE.get(exc.verify_code, "ask the operator about it")
            reason = exc.verify_message.rstrip(".")
            return error("certificate", f"not trusted: {reason}", advice)
        case TimeoutError():
            text = f"no answer to the handshake within {TIMEOUT:.0f} s"
            return error(STEP, text, "leave --tls out, or use the port for TLS")
        case ssl.SSLError() if exc.reason in NOT_TLS:
            text = "the server does not speak TLS at this port"
            return error(STEP, text, "leave --tls out, or use the port for TLS")
        case ssl.SSLError() if exc.reason:
            text = f"the handshake failed: {exc.reason.replace('_', ' ').lower()}"
            return error(STEP, text, "ask the operator which versions are allowed")
        case _:
            text = "the server closed the connection during the handshake"
            return error(STEP, text, "leave --tls out, or use the port for TLS")
