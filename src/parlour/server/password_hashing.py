"""Compares and hashes passwords with argon2id, by argon2-cffi.

Import this module only when there is a password: the library takes time and memory.
"""

import secrets
from contextlib import suppress
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import (
    HashingError,
    InvalidHashError,
    VerificationError,
    VerifyMismatchError,
)

from parlour.core.checks import Check, Checked
from parlour.core.events import Refused

PARALLELISM: Final = 1  # threads of the library for one hash
KEY_SIZE: Final = 32  # bytes of a random key: 256 bits

NO_MEMORY: Final = "the server has too little memory to check the password; try again"


class PasswordChecker:
    """A function that does checks. It raises nothing for any password or hash.

    Only `strong_checker` makes one for a server. A test may pass a *hasher* with cheap
    parameters. One thread at a time may call it.
    """

    def __init__(self, hasher: PasswordHasher) -> None:
        self._hasher = hasher
        self._dummy = ""  # a hash of no account; made at the first comparison

    def __call__(self, check: Check) -> Checked | Refused:
        """Return the result of *check*, or `busy` if there is too little memory."""
        try:
            return self._check(check)
        except (HashingError, VerificationError, MemoryError):
            return Refused("busy", NO_MEMORY)

    def _check(self, check: Check) -> Checked:
        if check.password is not None and not self._is_right(
            _encode(check.password), check.hash
        ):
            return Checked(is_valid=False)
        new = "" if check.new is None else self._hasher.hash(_encode(check.new))
        return Checked(is_valid=True, hash=new, key=secrets.token_urlsafe(KEY_SIZE))

    def _is_right(self, password: bytes, hash_: str) -> bool:
        """Return whether *password* is that of *hash_*.

        Without an account, and with a malformed hash, this compares the password with
        the dummy. So the answer takes as long as for a wrong password.
        """
        if not self._dummy:
            self._dummy = self._hasher.hash(secrets.token_bytes(KEY_SIZE))
        if hash_:
            try:
                return self._hasher.verify(hash_, password)
            except VerifyMismatchError:
                return False
            except (InvalidHashError, VerificationError, UnicodeEncodeError):
                pass  # malformed; or out of memory, and then the dummy fails as well
        with suppress(VerifyMismatchError):
            self._hasher.verify(self._dummy, password)
        return False


def strong_checker() -> PasswordChecker:
    """Return a checker with the library's default cost, but one thread."""
    return PasswordChecker(PasswordHasher(parallelism=PARALLELISM))


def _encode(password: str) -> bytes:
    """Encode *password*, whatever it contains.

    The error of a codec would contain the password.
    """
    return password.encode("utf-8", "surrogatepass")
