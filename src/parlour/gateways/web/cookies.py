"""The cookies of the page: that of somebody signed in, and that of a form.

Browsers send a cookie to every port of its host, so the names contain the port: two
servers on one machine must not replace each other's. No script can read them.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from typing import Final, NamedTuple

from parlour.core.limits import MAX_NAME, MAX_TOKEN
from parlour.core.protocol.tokens import hash_key

COOKIE_AGE: Final = 365 * 24 * 3600  # seconds that a browser stays signed in
MAX_ACCOUNT: Final = 6 * MAX_NAME  # characters of a name in base64

_VALUE: Final = re.compile(
    rf"([\w-]{{1,{MAX_ACCOUNT}}})\.([\w-]{{1,{MAX_TOKEN}}})", re.ASCII
)
_FORM_VALUE: Final = re.compile(r"[\w-]{16,64}", re.ASCII)
_PORT: Final = re.compile(r":(\d{1,5})$", re.ASCII)


class Credentials(NamedTuple):
    """The name of an account, and the key of one of its devices, which is secret."""

    account: str
    key: str

    @property
    def key_hash(self) -> str:
        """The hash by which the server knows the key."""
        return hash_key(self.key)

    def __repr__(self) -> str:
        """Return a description without the key."""
        return f"<a key of {self.account!r}>"


def account_cookies(host: str | None) -> tuple[str, str]:
    """Return the names of the cookie of an account: under TLS, and without it.

    The prefix keeps other hosts of the domain from setting it (RFC 6265bis, 4.1.3).
    """
    name = f"parlour{_suffix(host)}"
    return f"__Host-{name}", name


def form_cookie(host: str | None) -> str:
    """Return the name of the cookie to which the forms of a stranger belong."""
    return f"parlour-form{_suffix(host)}"


def credentials_in(header: str, host: str | None) -> Credentials | None:
    """Return the credentials in a Cookie *header* for *host*, or None."""
    cookies = _parse(header)
    for name in account_cookies(host):
        if found := _VALUE.fullmatch(cookies.get(name, "")):
            try:
                account = urlsafe_b64decode(found[1] + "===").decode()
            except (Base64Error, UnicodeDecodeError):
                continue
            return Credentials(account, found[2])
    return None


def has_account_cookie(header: str, host: str | None) -> bool:
    """Return whether a Cookie *header* has the cookie of an account, valid or not."""
    return any(name in _parse(header) for name in account_cookies(host))


def form_secret_in(header: str, host: str | None) -> str:
    """Return the value of the form's cookie, or an empty string."""
    value = _parse(header).get(form_cookie(host), "")
    return value if _FORM_VALUE.fullmatch(value) else ""


def cookie_value(credentials: Credentials) -> str:
    """Return the value of the cookie of an account."""
    account = urlsafe_b64encode(credentials.account.encode()).decode()
    return f"{account.rstrip('=')}.{credentials.key}"


def expired_cookies(host: str | None) -> list[str]:
    """Return the Set-Cookie headers that delete the cookies of an account."""
    end = "Path=/; Max-Age=0; HttpOnly; SameSite=Lax"
    secure, plain = account_cookies(host)
    return [f"{plain}=; {end}", f"{secure}=; {end}; Secure"]


def _suffix(host: str | None) -> str:
    port = _PORT.search(host or "")
    return f"-{port[1]}" if port else ""


def _parse(header: str) -> dict[str, str]:
    """Return the cookies in *header* by name; the first of each counts."""
    cookies: dict[str, str] = {}
    for part in header.split(";"):
        name, is_pair, value = part.strip().partition("=")
        if is_pair:
            cookies.setdefault(name, value)
    return cookies
