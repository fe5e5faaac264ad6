"""The events about certificates and handshakes in the log."""

import logging
from typing import TYPE_CHECKING

from ..event_log import log, log_limited

if TYPE_CHECKING:  # loads OpenSSL, which a server without TLS does not need
    from parlour.system.tls.certificate_facts import CertificateFacts


def log_certificate(facts: "CertificateFacts", wall: float) -> None:
    """Log the certificate that new connections get, and whether it expires soon."""
    log(
        logging.INFO,
        "certificate.loaded",
        names=" ".join(facts.names),
        sha256=facts.fingerprint,
        expires=facts.expiry_date,
    )
    log_expiry(facts, wall)


def log_expiry(facts: "CertificateFacts", wall: float) -> None:
    """Log that the certificate expires soon, or has expired, if that is so."""
    if facts.expires_soon(wall):
        event = "expired" if facts.is_expired(wall) else "expires"
        log(logging.WARNING, f"certificate.{event}", expires=facts.expiry_date)


def log_tls_failure(address: str, reason: str) -> None:
    """Log that a peer broke a rule of TLS, or did not complete its handshake."""
    log_limited(logging.INFO, "tls.failed", address=address, reason=reason)
