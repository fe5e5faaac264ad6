"""Loads the certificates of a running server again."""

import time

from .certificate_error import CertificateError
from .certificates import Certificates
from .log_events import log_certificate, log_refused_certificate


def reload_certificates(certificates: Certificates) -> None:
    """Load *certificates* again, and log them, or why the old pair stays in use."""
    try:
        certificates.reload()
    except CertificateError as exc:
        log_refused_certificate(str(exc))
    else:
        log_certificate(certificates.facts, time.time())
