"""TLS with a server: what was negotiated, or what is wrong with its certificate."""

import socket
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Final, NamedTuple, Self

from parlour.system.tls.certificate_facts import facts_of_peer
from parlour.system.tls.stream import NotTLSError, TLSError, UnverifiedError

from ..io.certificate_texts import reason_of
from ..io.connecting import Address, connect_to
from ..io.tls_handshake import (
    HANDSHAKE_TIMEOUT,
    CannotVerifyError,
    ServerEndedError,
    shake_hands,
    unverifying_context,
    verifying_context,
)
from ..io.transport import Transport
from ..terminal.safe_text import make_safe
from .findings import Finding, error, ok, warning

STEP: Final = "tls"
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


class Encryption(NamedTuple):
    """How to connect with TLS: which authorities to trust, or which certificate."""

    ca: Path | None = None
    """A file of certificates to trust instead of those of the system."""
    fingerprint: str = ""
    """SHA-256 of the only certificate to trust, or "" to trust authorities."""
    known: str = ""
    """The fingerprint that the client remembers, which an authority may replace."""


class EncryptionError(Exception):
    """TLS cannot be used; the finding says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.text)
        self.finding = finding


class NotTrustedError(EncryptionError):
    """The certificate of the server cannot be verified."""

    def with_fingerprint(self, fingerprint: str) -> Self:
        """Return the same error, with the fingerprint to compare."""
        found = self.finding
        return type(self)(found._replace(text=f"{found.text}; SHA-256 {fingerprint}"))


class OtherCertificateError(EncryptionError):
    """The server has another certificate than expected."""


def encrypted(sock: socket.socket, server: str, encryption: Encryption) -> Transport:
    """Return *sock* with TLS, with a server that is verified as the client does.

    Raises `EncryptionError`, and closes the socket then.
    """
    try:
        context = (
            unverifying_context()
            if encryption.fingerprint
            else verifying_context(encryption.ca)
        )
        transport = Transport(sock, "", shake_hands(sock, context, server))
    except UnverifiedError as exc:
        sock.close()
        raise NotTrustedError(_distrust(exc)) from None
    except (CannotVerifyError, TLSError, OSError, ValueError) as exc:
        sock.close()
        raise EncryptionError(_failure(exc)) from None
    if encryption.fingerprint not in {"", transport.fingerprint}:
        sock.close()
        text = f"another one than expected: SHA-256 {transport.fingerprint}"
        advice = "ask the operator whether it was replaced; somebody may read along"
        raise OtherCertificateError(error("certificate", text, advice))
    return transport


def fingerprint_at(address: Address, server: str) -> str:
    """Return the fingerprint of the certificate of *server*, or "" without one."""
    with suppress(TLSError, OSError, ValueError), closing(connect_to(address)) as sock:
        stream = shake_hands(sock, unverifying_context(), server)
        return Transport(sock, "", stream).fingerprint
    return ""


def described(transport: Transport) -> Iterator[Finding]:
    """Yield what was negotiated, and when the certificate expires.

    Raises `EncryptionError` if that cannot be read.
    """
    yield ok(STEP, transport.tls_version)
    facts = facts_of_peer(transport.certificate)
    if facts is None:
        text, advice = "it cannot be read", "let the operator make another one"
        raise EncryptionError(error("certificate", text, advice))
    names = make_safe(", ".join(facts.names))[:MAX_NAMES]
    text = f"for {names}, until {facts.expiry_date}, SHA-256 {facts.fingerprint}"
    now = time.time()
    if facts.expires_soon(now):
        state = "it has expired" if facts.is_expired(now) else "it expires soon"
        yield warning("certificate", f"{text}: {state}", "let the operator renew it")
    else:
        yield ok("certificate", text)


def _distrust(exc: UnverifiedError) -> Finding:
    advice = ADVICE.get(exc.code, "ask the operator about it")
    return error("certificate", f"not trusted: {reason_of(exc)}", advice)


def _failure(exc: Exception) -> Finding:
    other_port = "leave --tls out, or use the port for TLS"
    match exc:
        case CannotVerifyError():
            return error(STEP, str(exc), "give a file with certificates in PEM format")
        case TimeoutError():
            text = f"no answer to the handshake within {HANDSHAKE_TIMEOUT:.0f} s"
            return error(STEP, text, other_port)
        case NotTLSError():
            text = "the server does not speak TLS at this port"
            return error(STEP, text, other_port)
        case ServerEndedError() | OSError():
            text = "the server closed the connection during the handshake"
            return error(STEP, text, other_port)
        case _:
            text = f"the handshake failed: {exc}"
            return error(STEP, text, "ask the operator which versions are allowed")
