"""Hashes of clients' tokens, and the idempotency keys that are derived from them.

The server stores no tokens, since anyone who has a token can impersonate its client.
"""

from hashlib import sha256

from ..events import LOBBY, RoomName


def hash_token(token: str) -> str:
    """Return the hash of *token* by which the server recognises its client."""
    return _digest(token)


def hash_key(key: str) -> str:
    """Return the hash of the *key* of a device, which is as good as a password.

    The code of an invitation has a hash of the same kind.
    """
    return sha256(key.encode()).hexdigest()


def idempotency_key(token_hash: str, room: RoomName, message_id: str) -> str:
    """Return the key of a message; a retry in the same room has the same key.

    Return ``""``, for no key, if the client has no token or gave no id. The keys of the
    lobby are those of the first release, which had no other room.
    """
    if not token_hash or not message_id:
        return ""
    where = "" if room == LOBBY else f"{room} "
    return _digest(f"{token_hash} {where}{message_id}")


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()[:32]
