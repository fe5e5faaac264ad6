"""What the user reads about a certificate: questions, refusals, and what to do."""

from typing import Final

from parlour.system.tls.certificate_facts import (
    CertificateFacts,
    facts_of_peer,
    rows_of,
)
from parlour.system.tls.stream import UnverifiedError

from ..terminal.safe_text import make_safe, shorten
from .origins import pin_of

MAX_NAMES: Final = 60  # columns of the names in a certificate

EXPIRED: Final = 10
SELF_SIGNED: Final = 18
OTHER_NAME: Final = {62, 64}
REASONS: Final = {
    9: "its certificate is not valid yet",
    EXPIRED: "its certificate has expired",
    SELF_SIGNED: "no authority has signed its certificate",
    **dict.fromkeys(
        (2, 19, 20, 21, 27),
        "no authority that is trusted here has signed its certificate",
    ),
    **dict.fromkeys(OTHER_NAME, "its certificate is for another name"),
}
"""Why a certificate cannot be verified, by the codes of OpenSSL (X509_V_ERR_*)."""

QUESTION: Final = """\
{address} is not known here: {reason}.
  {names}
  SHA-256 fingerprint:
    {first}
    {second}
Compare the fingerprint with what whoever runs the server has told you. If it is
another one, somebody in between may be reading along.
{trust} (yes or no) """


def reason_of(exc: UnverifiedError) -> str:
    """Return why a certificate cannot be verified."""
    return REASONS.get(exc.code, f"its certificate is not valid: {exc}")


def question(
    address: str, reason: str, fingerprint: str, der: bytes, *, remembers: bool
) -> str:
    """Return what to ask about the certificate *der* of the server at *address*."""
    facts = facts_of_peer(der)
    first, second = rows_of(fingerprint)
    return QUESTION.format(
        address=make_safe(address),
        reason=reason,
        names=_described(facts),
        first=first,
        second=second,
        trust="Trust it from now on?" if remembers else "Trust it this time?",
    )


def refusal(address: str, reason: str, fingerprint: str) -> str:
    """Return why the server is not trusted, for a program that nobody can answer."""
    return (
        f"{make_safe(address)} is not trusted, so nothing was sent: {reason}.\n"
        "If whoever runs the server confirms its fingerprint, use: "
        f"--fingerprint {fingerprint}"
    )


def changed(address: str, before: str, now: str, *, is_option: bool = False) -> str:
    """Return that the server is another than *before*, and what to do.

    The origin *before* is that of an option if it *is_option*.
    """
    host, _, port = make_safe(address).rpartition(":")
    old, new = pin_of(before), pin_of(now)
    lines = [f"{make_safe(address)} has another certificate, so nothing was sent."]
    if old:
        lines.append(f"expected: {old}")
    else:
        lines.append("expected: one that an authority vouches for")
    lines.append(f"received: {new or 'one that an authority vouches for'}")
    lines.append("Somebody in between may be reading along.")
    if not is_option:
        forget = f"parlour hosts forget {host.strip('[]')} {port}"
        lines.append(
            f"If whoever runs the server confirms the new one, first run: {forget}"
        )
    return "\n".join(lines)


def _described(facts: CertificateFacts | None) -> str:
    """Return the names and the last day of a certificate, in one row."""
    if facts is None:
        return "The certificate cannot be read."
    names = shorten(make_safe(", ".join(facts.names) or "no name"), MAX_NAMES)
    return f"for {names}\n  valid until {facts.expiry_date}"
