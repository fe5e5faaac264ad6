"""The tokens of forms, without which another site cannot send them."""

from hashlib import sha256
from hmac import compare_digest, digest
from secrets import token_bytes, token_urlsafe
from typing import Final

SECRET_SIZE: Final = 32  # random bytes
FORM_SECRET_SIZE: Final = 24  # random bytes in a browser's cookie


class FormTokens:
    """Makes and compares tokens, each for the secret in the cookie of one browser.

    Another process has another secret, so forms from before a restart are refused.
    """

    def __init__(self) -> None:
        self._secret = token_bytes(SECRET_SIZE)

    def token(self, browser: str) -> str:
        """Return the token of the forms of a *browser*, which has this secret."""
        return digest(self._secret, browser.encode(), sha256).hex()

    def is_valid(self, token: str, browser: str) -> bool:
        """Return whether a form with this *token* was made for the *browser*."""
        return compare_digest(token.encode(), self.token(browser).encode())


def new_form_secret() -> str:
    """Return the secret for the cookie of a browser that has none."""
    return token_urlsafe(FORM_SECRET_SIZE)
