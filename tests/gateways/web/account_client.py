"""A browser without scripts, at the pages about accounts: it keeps cookies."""

import re
import ssl
from collections.abc import Mapping
from html import unescape
from http.client import HTTPConnection, HTTPSConnection
from typing import Self
from urllib.parse import urlencode

from tests.server.running_servers import TIMEOUT

PASSWORD = "a plague on both"
FORM = "application/x-www-form-urlencoded"
AGENT = "Mozilla/5.0 (X11; Linux x86_64)"

_TOKEN = re.compile(r'name="csrf" value="([^"]+)"')
_ERROR = re.compile(r'<p class="error"(?: id="([a-z]+)-error")? role="alert">([^<]+)')


class Response:
    """A response, with its cookies and the reasons that it shows."""

    def __init__(
        self, status: int, headers: list[tuple[str, str]], body: bytes
    ) -> None:
        self.status, self.headers, self.text = status, headers, body.decode()

    def header(self, name: str) -> str:
        """Return the first header *name*, or an empty string."""
        found = [value for key, value in self.headers if key.lower() == name.lower()]
        return found[0] if found else ""

    @property
    def set_cookies(self) -> list[str]:
        """The Set-Cookie headers."""
        return [value for name, value in self.headers if name.lower() == "set-cookie"]

    @property
    def errors(self) -> dict[str, str]:
        """Each reason, by the id of the field beside which it is; or ``form``."""
        found = _ERROR.findall(self.text)
        return {place or "form": unescape(reason) for place, reason in found}


class AccountClient:
    """One browser of a person, at the address *source*, with TLS by a *context*."""

    def __init__(
        self,
        port: int,
        *,
        host: str = "127.0.0.1",
        source: str = "",
        context: ssl.SSLContext | None = None,
        timeout: float = TIMEOUT,
    ) -> None:
        self.port, self.host, self._source = port, host, source
        self._context, self._timeout = context, timeout
        scheme = "https" if context else "http"
        self.origin: str | None = f"{scheme}://{host}:{port}"
        self.forwarded: dict[str, str] = {}
        """The headers that a proxy adds."""
        self.cookies: dict[str, str] = {}
        self.keys: list[str] = []
        """All keys that the browser ever had."""

    @property
    def cookie(self) -> str:
        """The Cookie header."""
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    @property
    def account_cookies(self) -> dict[str, str]:
        """The cookies of accounts, without that of forms."""
        return {k: v for k, v in self.cookies.items() if "form" not in k}

    @property
    def key(self) -> str:
        """The key with which the browser has signed in."""
        (value,) = self.account_cookies.values()
        return value.partition(".")[2]

    def get(self, path: str) -> Response:
        """Load a page."""
        return self._request("GET", path)

    def post(self, path: str, page: str = "", **fields: str) -> Response:
        """Send the form on a *page*, by default that of the same address."""
        return self.send(path, {"csrf": self.token(page or path)} | fields)

    def token(self, page: str) -> str:
        """Return the token of the forms on a page."""
        found = _TOKEN.search(self.get(page).text)
        assert found, page
        return found[1]

    def send(
        self, path: str, fields: Mapping[str, str], content_type: str = FORM
    ) -> Response:
        """Send a form that is on no page."""
        headers = {"Content-Type": content_type}
        if self.origin is not None:
            headers["Origin"] = self.origin
        return self._request("POST", path, urlencode(fields), headers)

    def register(self, name: str, password: str = PASSWORD) -> Self:
        """Register a name, and sign in."""
        fields = {"name": name, "password": password, "repeated": password}
        response = self.post("/register", **fields)
        assert response.status == 303, response.errors
        return self

    def sign_in(self, name: str, password: str = PASSWORD) -> Self:
        """Sign in."""
        response = self.post("/sign-in", name=name, password=password)
        assert response.status == 303, response.errors
        return self

    def revoke(self, device: int) -> None:
        """Revoke a device of the account."""
        response = self.post("/account/revoke", page="/account", device=f"{device}")
        assert response.status == 303, response.errors

    def _request(
        self,
        method: str,
        path: str,
        body: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        sent = {"Host": f"{self.host}:{self.port}", "User-Agent": AGENT}
        sent |= {"Cookie": self.cookie} if self.cookies else {}
        sent |= self.forwarded
        where = ("127.0.0.1", self.port)
        source = (self._source, 0)
        connection = (
            HTTPSConnection(
                *where,
                timeout=self._timeout,
                source_address=source,
                context=self._context,
            )
            if self._context
            else HTTPConnection(*where, self._timeout, source_address=source)
        )
        try:
            connection.request(method, path, body, sent | dict(headers or {}))
            found = connection.getresponse()
            response = Response(found.status, found.getheaders(), found.read())
        finally:
            connection.close()
        for each in response.set_cookies:
            name, _, value = each.partition(";")[0].partition("=")
            if value:
                self.cookies[name] = value
                self.keys += [value.partition(".")[2]] if "." in value else []
            else:
                self.cookies.pop(name, None)
        return response
