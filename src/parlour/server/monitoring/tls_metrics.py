"""The metrics of connections with TLS. Without TLS, they have no values."""

from typing import Final

from .metric import COUNTER, GAUGE, Metric

ENCRYPTION: Final = (
    Metric(
        "parlour_certificate_expiry_timestamp_seconds",
        GAUGE,
        "When the certificate expires, in seconds since 1970.",
        lambda r: {(): r.tls.expires} if r.tls is not None else {},
    ),
    Metric(
        "parlour_tls_handshakes_in_progress",
        GAUGE,
        "TLS handshakes in progress, of the chat and of the page.",
        lambda r: {(): r.tls.in_progress} if r.tls is not None else {},
    ),
    Metric(
        "parlour_tls_handshakes_total",
        COUNTER,
        "TLS handshakes by result: completed, failed, unused (the peer sent nothing, "
        "as a health check does), timeout, aborted for a new one because there were "
        "too many, or refused because there were too many from one address.",
        lambda r: (
            {(result,): number for result, number in r.tls.results.items()}
            if r.tls is not None
            else {}
        ),
        ("result",),
    ),
)
