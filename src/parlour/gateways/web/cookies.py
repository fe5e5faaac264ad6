"""The cookies of the page: that of somebody signed in, and that of a form.

Browsers send a cookie to every port of its host, so the names contain the port: two
servers on one machine must not replace each other's. No script can read them.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from contextlib import suppress
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
_HOST: Final = "__Host-"  # only for cookies of the whole host (RFC 6265bis, 4.1.3)
_SECURE: Final = "__Secure-"


class Credentials(NamedTuple):
    """The name of an account, and the key of one of its devices, which is secret."""

    account: str
    key: str

    @property
    def key_hash(self) -> str:
        """The hash by which the server knows the key."""
        return hash_key(self.key)

    @property
    def in_hello(self) -> dict[str, object]:
        """The members of a hello that sign in with the key."""
        return {"account": self.account, "key": self.key}

    def __repr__(self) -> str:
        """Return a description without the key."""
        return f"<a key of {self.account!r}>"


class Cookies(NamedTuple):
    """The cookies of a request.

    *key* is None and *form_secret* empty without a valid cookie; *has_account* is true
    for the cookie of an account that is invalid, too.
    """

    key: Credentials | None = None
    has_account: bool = False
    form_secret: str = ""


def parse_cookies(
    header: str, host: str | None, prefix: str = "", *, is_secure: bool
) -> Cookies:
    """Return the cookies in a Cookie *header* for *host*, below the *prefix*.

    If a request *is_secure*, only the names count that browsers accept with TLS alone:
    others can have been set by anybody on the way of a request without it. Without TLS
    to a proxy that does not say how the request came, both names count.
    """
    values = _split(header)
    accounts = _accepted_names(_account_name(host), prefix, is_secure=is_secure)
    found = [values[name] for name in accounts if name in values]
    keys = filter(None, map(_credentials, found))
    forms = _accepted_names(_form_name(host), prefix, is_secure=is_secure)
    form_secret = next((values[name] for name in forms if name in values), "")
    is_valid = _FORM_VALUE.fullmatch(form_secret)
    return Cookies(next(keys, None), bool(found), form_secret if is_valid else "")


def account_cookie(
    host: str | None, key: Credentials, prefix: str = "", *, is_secure: bool
) -> str:
    """Return the Set-Cookie header with which a browser stays signed in.

    The browser sends it to addresses below the *prefix*.
    """
    value = f"{cookie_value(key)}; Max-Age={COOKIE_AGE}"
    return _cookie(_account_name(host), value, "Lax", prefix, is_secure=is_secure)


def expired_cookies(host: str | None, prefix: str = "") -> list[str]:
    """Return the Set-Cookie headers that delete the cookies of an account."""
    name, value = _account_name(host), "; Max-Age=0"
    return [
        _cookie(name, value, "Lax", prefix, is_secure=is_secure)
        for is_secure in (False, True)
    ]


def form_cookie(
    host: str | None, secret: str, prefix: str = "", *, is_secure: bool = False
) -> str:
    """Return the Set-Cookie header for the forms of a stranger."""
    return _cookie(_form_name(host), secret, "Strict", prefix, is_secure=is_secure)


def cookie_value(credentials: Credentials) -> str:
    """Return the value of the cookie of an account."""
    account = urlsafe_b64encode(credentials.account.encode()).decode()
    return f"{account.rstrip('=')}.{credentials.key}"


def _account_name(host: str | None) -> str:
    """Return the name of the cookie of an account."""
    return f"parlour{_suffix(host)}"


def _form_name(host: str | None) -> str:
    """Return the name of the cookie of forms."""
    return f"parlour-form{_suffix(host)}"


def _sent_names(name: str, prefix: str) -> tuple[str, str]:
    """Return the names of a cookie below the *prefix*: with TLS, and without.

    The first keeps other hosts of the domain from setting the cookie, but it must be
    one for the whole host. Below a prefix, others on the host must not receive it, and
    cookies of the whole host, which browsers send there as well, are of another server.
    """
    return f"{_SECURE if prefix else _HOST}{name}", name


def _accepted_names(name: str, prefix: str, *, is_secure: bool) -> tuple[str, ...]:
    """Return the names under which a cookie counts; the first one found counts."""
    secure_name, name = _sent_names(name, prefix)
    return (secure_name,) if is_secure else (secure_name, name)


def _cookie(
    name: str, value: str, same_site: str, prefix: str, *, is_secure: bool
) -> str:
    """Return the Set-Cookie header of a cookie below the *prefix*."""
    secure_name, name = _sent_names(name, prefix)
    end = f"HttpOnly; Path={prefix or '/'}; SameSite={same_site}"
    if not is_secure:
        return f"{name}={value}; {end}"
    return f"{secure_name}={value}; {end}; Secure"


def _credentials(value: str) -> Credentials | None:
    """Return the credentials in the value of a cookie, or None."""
    if not (found := _VALUE.fullmatch(value)):
        return None
    with suppress(Base64Error, UnicodeDecodeError):
        return Credentials(urlsafe_b64decode(found[1] + "===").decode(), found[2])
    return None


def _suffix(host: str | None) -> str:
    port = _PORT.search(host or "")
    return f"-{port[1]}" if port else ""


def _split(header: str) -> dict[str, str]:
    """Return the cookies in *header* by name; the first of each counts."""
    cookies: dict[str, str] = {}
    for part in header.split(";"):
        name, is_pair, value = part.strip().partition("=")
        if is_pair:
            cookies.setdefault(name, value)
    return cookies
