"""The origin of a connection: where its secrets come from, and may be sent again.

It is the address of this machine to which a connection without TLS goes, or what
vouches for the certificate of a connection with TLS: an authority, or a fingerprint
that the user trusts. Over a connection without an origin, ``""``, no secrets are sent.
"""

from typing import Final

TLS: Final = "tls "
AUTHORITY: Final = f"{TLS}authority"
"""The origin of a server whose certificate an authority vouches for."""
PIN: Final = f"{TLS}sha256 "


def pinned(fingerprint: str) -> str:
    """Return the origin of a server that is known by the *fingerprint* alone."""
    return f"{PIN}{fingerprint}"


def pin_of(origin: str) -> str:
    """Return the fingerprint by which a server is known, or ""."""
    return origin.removeprefix(PIN) if origin.startswith(PIN) else ""


def has_tls(origin: str) -> bool:
    """Return whether *origin* is that of a connection with TLS."""
    return origin.startswith(TLS)
