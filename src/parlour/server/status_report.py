"""The reports that a server prints: a banner at the start, and its state on request."""

from collections.abc import Sequence
from socket import socket
from typing import Final, NamedTuple

from parlour.core.events import LOBBY
from parlour.core.hub import Hub
from parlour.core.ports import Mode
from parlour.core.rules import GuestNames, Guests, Registration

from .addresses import bracketed
from .config import WEB_PORT

ADDRESSES_SHOWN: Final = (
    "users without a name are called by their address, which everybody sees; "
    "--guest-names number hides it"
)
LOCAL_ADDRESSES = {"0.0.0.0": "127.0.0.1", "[::]": "::1"}  # noqa: S104 -- not bound here
"""The address on this machine of a server that listens on every address."""


REGISTRATIONS: Final[dict[Registration, str]] = {
    "open": "everybody may register",
    "invite": "an invitation is needed to register: parlour account invite",
    "closed": "only administrators create them",
}
"""What the banner says of registrations."""


class PageFacts(NamedTuple):
    """Where the page listens, and what its users may do."""

    listeners: list[socket]
    addresses: Sequence[str]
    mode: Mode
    is_local: bool
    """Whether it listens for this machine only."""
    is_fallback_port: bool
    """Whether its default port was in use, so that it listens on another."""
    reachable: Sequence[str] = ()
    """Its addresses for other machines, if it listens on every address."""
    proxied: Sequence[str] = ()
    """The names at which others reach it through a proxy on this machine."""
    taken: str = ""
    """The other address of ``localhost``, if another program has it."""

    @property
    def url(self) -> str:
        """The URL of the page, for other machines if they can reach it."""
        host, port = local_address((*self.reachable, *self.addresses)[0])
        return f"http://{bracketed(host)}:{port}/"


class ServerFacts(NamedTuple):
    """The facts that the banner reports."""

    version: str
    engine: str
    addresses: Sequence[str]
    is_local: bool
    """Whether it listens for this machine only, apart from the page."""
    max_users: int
    wanted_users: int
    """The configured number; more than *max_users* if descriptors are too few."""
    history: str
    page: PageFacts | None = None
    reachable: Sequence[str] = ()
    """Its addresses for other machines, if it listens on every address."""
    guests: Guests = "on"
    """What users without an account may do."""
    guest_names: GuestNames = "address"
    registration: Registration = "open"
    """Who may register an account."""
    taken: Sequence[str] = ()
    """Addresses of ``localhost`` that other programs have, at the same ports."""


def banner(facts: ServerFacts) -> str:
    """Return the lines to show to the person who started the server."""
    where = " and ".join(facts.addresses)
    proxied = facts.page.proxied if facts.page is not None else ()
    whom = "this machine only" if facts.is_local else "everyone who can reach it"
    if facts.is_local and proxied:
        whom = f"this machine, and for users of the page at {' and '.join(proxied)}"
    users = f"up to {facts.max_users:,} users"
    if facts.max_users < facts.wanted_users:
        users += f" (not {facts.wanted_users:,}: the system allows no more files)"
    lines = [
        f"Parlour {facts.version} listens on {where} ({facts.engine})",
        f"for {whom}, {users}",
        f"history: {facts.history}",
    ]
    is_private = facts.is_local and not _rights_of_others(facts)
    if not (is_private and facts.registration == "open"):
        lines.append(f"accounts: {REGISTRATIONS[facts.registration]}")
    if facts.reachable:
        lines.append(f"other machines reach it at {' and '.join(facts.reachable)}")
    if facts.page is not None:
        mode = "read and write" if facts.page.mode == "write" else "read only"
        fallback = (
            f"; port {WEB_PORT} was in use" if facts.page.is_fallback_port else ""
        )
        lines.append(f"page: {facts.page.url} ({mode}{fallback})")
    if warning := _warning(facts):
        lines.append(f"warning: {warning}")
        is_shown = facts.guest_names == "address" and facts.guests == "on"
        if is_shown and not _is_reached_by_proxy_only(facts):
            lines.append(ADDRESSES_SHOWN)
    if facts.taken:
        where = " and ".join(facts.taken)
        lines.append(f"warning: another program has {where}: do not use localhost")
    lines.append(f"join with: {invitation(facts)}")
    return "\n".join(lines)


def _warning(facts: ServerFacts) -> str:
    """Return what the network can do; "" if no other machine reaches the server.

    Passwords are not accepted from other machines, since nothing is encrypted.
    """
    rights = _rights_of_others(facts)
    if not rights:
        return ""
    if _is_reached_by_proxy_only(facts):
        return _warning_of_proxy(facts, rights)
    if facts.guests == "off":
        return "there is no encryption, so only this machine can sign in"
    if facts.guests == "read":
        rights = "read, and only this machine can sign in"
        return f"there is no encryption; anyone who can reach the server can {rights}"
    return (
        "there is no encryption and no password; "
        f"anyone who can reach the server can {rights}"
    )


def _warning_of_proxy(facts: ServerFacts, rights: str) -> str:
    """Return the warning about visitors through the proxy, which encrypts, or ""."""
    if facts.guests == "off":
        return ""
    rights = "read" if facts.guests == "read" else rights
    return f"no password is needed to {rights} through the proxy"


def _is_reached_by_proxy_only(facts: ServerFacts) -> bool:
    """Return whether others reach nothing but the page, and only through a proxy."""
    page = facts.page
    return facts.is_local and page is not None and bool(page.proxied)


def _rights_of_others(facts: ServerFacts) -> str:
    """Return what users on other machines can do; "" if none can reach the server."""
    page = facts.page
    is_page_reached = page is not None and (not page.is_local or bool(page.proxied))
    if not facts.is_local or (page and page.mode == "write" and is_page_reached):
        return "read and write"
    return "read" if is_page_reached else ""


def invitation(facts: ServerFacts) -> str:
    """Return the command that joins the chat, for other machines if they can."""
    address = (*facts.reachable, *facts.addresses)[0]
    return " ".join(("python3 client.py", *local_address(address)))


def local_address(address: str) -> tuple[str, str]:
    """Return host and port at which this machine reaches a listener on *address*."""
    host, _, port = address.rpartition(":")
    return LOCAL_ADDRESSES.get(host, host).strip("[]"), port


def state_report(hub: Hub, seconds: float) -> str:
    """Return the state of *hub* after *seconds*. This reads only counters and sizes."""
    counts, delivery, rooms = hub.counters, hub.delivery, hub.state.rooms
    codes = ", ".join(f"{code} {n:,}" for code, n in sorted(counts.closed.items()))
    return f"""\
state after {seconds:,.0f} s
  connections  {hub.capacity.users:,} users and {hub.capacity.pages:,} pages now, \
{counts.connections:,} in all, \
{counts.rejected:,} rejected
  members      {len(rooms[LOBBY].members):,} in {LOBBY}, \
{len(hub.state.sessions):,} sessions in all, {delivery.lagging_count:,} lagging
  rooms        {rooms.open_count:,} open, {delivery.room_count:,} with listeners, \
{delivery.recent_size:,} bytes of recent events, \
furthest behind by {delivery.backlog:,} events
  backlog      {hub.unsettled:,} entries not settled yet
  history      {rooms[LOBBY].sequence:,} is the last message in {LOBBY}
  received     {counts.lines:,} lines, {counts.messages:,} messages, \
{counts.refused:,} refused, {counts.delayed:,} times delayed
  sent         {counts.delivered:,} events in {counts.writes:,} writes and \
{counts.flushes:,} flushes, {counts.bytes:,} bytes, \
{delivery.reports.missed_count:,} events missed
  closed       {codes or "none"}"""
