"""Hashes of clients' tokens, and the idempotency keys that are derived from them.

The server stores no tokens, since anyone who has a token can impersonate its client.
"""

from hashlib import sha256


def hash_token(token: str) -> str:
    """Return the hash of *token* by which the server recognises its client."""
    return _digest(token)


def idempotency_key(token_hash: str, message_id: str) -> str:
    """Return the key of a draft; a retry by the same client has the same key.

    Return ``""``, for no key, if the client has no token or gave no id.
    """
    return _digest(f"{token_hash} {message_id}") if token_hash and message_id else ""


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()[:32]
