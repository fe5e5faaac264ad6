"""The banner that a server prints at the start: where it listens, and for whom."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from parlour.core.loopback import names_for_others
from parlour.core.ports import Mode
from parlour.core.rules import GuestNames, Guests, Registration

from .addresses import Addresses, bracketed, local_address
from .config import CLIENT, WEB_PORT

ADDRESSES_SHOWN: Final = (
    "users without a name are called by their address, which everybody sees; "
    "--guest-names number hides it"
)

REGISTRATIONS: Final[dict[Registration, str]] = {
    "open": "everybody may register",
    "invite": "an invitation is needed to register: parlour account invite",
    "closed": "only administrators create them",
}
"""What the banner says of registrations."""


class PageFacts(NamedTuple):
    """Where the page listens, and what its users may do."""

    plain: Addresses
    tls: Addresses
    mode: Mode
    is_fallback_port: bool = False
    """Whether its default port was in use, so that it listens on another."""
    prefix: str = ""
    """The path under which it is served."""
    proxied: Sequence[str] = ()
    """The names at which others reach it through a proxy on this machine."""

    @property
    def is_local(self) -> bool:
        """Whether it listens for this machine only."""
        return self.plain.is_local and self.tls.is_local

    def urls(self, name: str) -> list[str]:
        """Return its addresses, for other machines if they can reach it, HTTPS first.

        *name* is that of the certificate.
        """
        urls = []
        if self.tls.bound:
            host, port = local_address(self.tls.first)
            if not self.tls.is_local:
                host = name or host
            urls.append(f"https://{bracketed(host)}:{port}{self.prefix}/")
        if self.plain.bound:
            host, port = local_address(self.plain.first)
            urls.append(f"http://{bracketed(host)}:{port}{self.prefix}/")
        return urls


class ServerFacts(NamedTuple):
    """The facts that the banner reports."""

    version: str
    engine: str
    plain: Addresses
    max_users: int
    wanted_users: int
    """The configured number; more than *max_users* if descriptors are too few."""
    history: str
    page: PageFacts | None = None
    tls: Addresses = Addresses()
    names: Sequence[str] = ()
    """The names in the certificate."""
    taken: Sequence[str] = ()
    """Addresses of ``localhost`` that other programs have, at the same ports."""
    guests: Guests = "on"
    """What users without an account may do."""
    guest_names: GuestNames = "address"
    registration: Registration = "open"
    """Who may register an account."""
    ops: Addresses = Addresses()
    """The addresses of health checks and metrics."""
    proxies: Sequence[str] = ()
    """Addresses and networks of proxies through which others reach the chat."""
    client: str = CLIENT
    """The command that starts the client."""

    @property
    def ops_url(self) -> str | None:
        """The URL of health checks and metrics, or None if they are not served."""
        if not self.ops.bound:
            return None
        host, port = local_address(self.ops.bound[0])
        return f"http://{bracketed(host)}:{port}/"

    @property
    def is_local(self) -> bool:
        """Whether it listens for this machine only, apart from the page."""
        return self.plain.is_local and self.tls.is_local

    @property
    def prefers_tls(self) -> bool:
        """Whether people should join with TLS: others can, or nobody can without it."""
        return not self.plain.bound or not self.tls.is_local

    @property
    def name(self) -> str:
        """The first name in the certificate by which others may know the server."""
        return next(iter(names_for_others(self.names)), "")

    @property
    def page_urls(self) -> list[str]:
        """The addresses of the page, HTTPS first; none if there is no page."""
        return self.page.urls(self.name) if self.page is not None else []

    @property
    def unencrypted(self) -> list[str]:
        """The addresses at which other machines reach it without TLS."""
        page = self.page.plain if self.page is not None else Addresses()
        found = [each for each in (self.plain, page) if not each.is_local]
        return [address for each in found for address in each.bound]


def banner(facts: ServerFacts) -> str:
    """Return the lines to show to the person who started the server."""
    proxied = facts.page.proxied if facts.page is not None else ()
    whom = "this machine only" if facts.is_local else "everyone who can reach it"
    others = [f"users of the page at {' and '.join(proxied)}"] if proxied else []
    others += _behind_proxies(facts)
    if facts.is_local and others:
        whom = f"this machine, and for {' and '.join(others)}"
    users = f"up to {facts.max_users:,} users"
    if facts.max_users < facts.wanted_users:
        users += f" (not {facts.wanted_users:,}: the system allows no more files)"
    lines = [
        f"Parlour {facts.version} listens on {_where(facts)} ({facts.engine})",
        f"for {whom}, {users}",
        f"history: {facts.history}",
    ]
    is_private = facts.is_local and not _rights_of_others(facts)
    if not (is_private and facts.registration == "open"):
        lines.append(f"accounts: {REGISTRATIONS[facts.registration]}")
    if reachable := facts.tls.reachable:
        lines.append(f"other machines reach it with TLS at {' and '.join(reachable)}")
    elif reachable := facts.plain.reachable:
        lines.append(f"other machines reach it at {' and '.join(reachable)}")
    if facts.page is not None:
        mode = "read and write" if facts.page.mode == "write" else "read only"
        fallback = (
            f"; port {WEB_PORT} was in use" if facts.page.is_fallback_port else ""
        )
        lines.append(f"page: {' and '.join(facts.page_urls)} ({mode}{fallback})")
    if facts.ops_url is not None:
        whose = "" if facts.ops.is_local else " (for everyone who can reach it)"
        lines.append(f"health and metrics: {facts.ops_url}{whose}")
    if warning := _warning(facts):
        lines.append(f"warning: {warning}")
        is_shown = facts.guest_names == "address" and facts.guests == "on"
        if is_shown and (facts.proxies or not _is_reached_by_proxy_only(facts)):
            lines.append(ADDRESSES_SHOWN)
    if facts.taken:
        where = " and ".join(facts.taken)
        lines.append(f"warning: another program has {where}: do not use localhost")
    lines.append(f"join with: {invitation(facts)}")
    return "\n".join(lines)


def _behind_proxies(facts: ServerFacts) -> list[str]:
    """Return who reaches the chat through proxies, if anybody does."""
    where = " and ".join(facts.proxies)
    return [f"users of the proxy at {where}"] if where else []


def _where(facts: ServerFacts) -> str:
    """Return the addresses of the chat, and which of them have TLS."""
    plain, tls = " and ".join(facts.plain.bound), " and ".join(facts.tls.bound)
    if not tls:
        return plain
    return f"{plain}, and with TLS on {tls}" if plain else f"{tls} with TLS only"


def _warning(facts: ServerFacts) -> str:
    """Return what the network can do; "" if no other machine reaches the server.

    Passwords are not accepted from other machines where nothing is encrypted.
    """
    rights = _rights_of_others(facts)
    if not rights:
        return ""
    if _is_reached_by_proxy_only(facts):
        return _warning_of_strangers(facts, rights, "through the proxy")
    page_tls = facts.page.tls if facts.page is not None else Addresses()
    if facts.tls.is_local and page_tls.is_local:
        return _warning_without_tls(facts, rights)
    strangers = _warning_of_strangers(facts, rights, "here")
    if not facts.unencrypted:
        return strangers
    where = " and ".join(facts.unencrypted)
    plain = f"there is no encryption on {where}, so nobody can sign in there"
    return f"{plain}; {strangers}" if strangers else plain


def _warning_without_tls(facts: ServerFacts, rights: str) -> str:
    """Return the warning of a server that others reach, and only without TLS."""
    if facts.guests == "off":
        return "there is no encryption, so only this machine can sign in"
    if facts.guests == "read":
        rights = "read, and only this machine can sign in"
        return f"there is no encryption; anyone who can reach the server can {rights}"
    return (
        "there is no encryption and no password; "
        f"anyone who can reach the server can {rights}"
    )


def _warning_of_strangers(facts: ServerFacts, rights: str, where: str) -> str:
    """Return the warning about people without an account, or ""."""
    if facts.guests == "off":
        return ""
    rights = "read" if facts.guests == "read" else rights
    return f"no password is needed to {rights} {where}"


def _is_reached_by_proxy_only(facts: ServerFacts) -> bool:
    """Return whether others reach the chat and the page only through a proxy."""
    page = facts.page
    is_page_proxied = page is not None and bool(page.proxied)
    return facts.is_local and (is_page_proxied or bool(facts.proxies))


def _rights_of_others(facts: ServerFacts) -> str:
    """Return what users on other machines can do; "" if none can reach the server."""
    page = facts.page
    is_page_reached = page is not None and (not page.is_local or bool(page.proxied))
    is_reached = bool(facts.proxies) or not facts.is_local
    if is_reached or (page and page.mode == "write" and is_page_reached):
        return "read and write"
    return "read" if is_page_reached else ""


def invitation(facts: ServerFacts) -> str:
    """Return the command that joins the chat, for other machines if they can."""
    if facts.prefers_tls:
        host, port = local_address(facts.tls.first)
        if not facts.tls.is_local:
            host = facts.name or host
        return f"{facts.client} {host} {port} --tls"
    return " ".join((facts.client, *local_address(facts.plain.first)))
