"""What a server says of itself: a banner at the start, and a page of state."""

from collections.abc import Sequence
from socket import socket
from typing import Literal, NamedTuple

from parlour.core.hub import Hub

from .config import WEB_PORT

NEAR = {"0.0.0.0": "127.0.0.1", "[::]": "::1"}  # noqa: S104 -- not bound here
"""Where on this machine a server is found that listens on every address."""


class PageFacts(NamedTuple):
    """Where the page is, and what those who open it may do."""

    listeners: list[socket]
    addresses: Sequence[str]
    mode: Literal["read", "write"]
    is_local: bool
    is_moved: bool
    """Whether its usual port was taken."""
    reachable: Sequence[str] = ()
    """Where other machines find it, if it listens on every address."""

    @property
    def url(self) -> str:
        """Where a browser finds it, on another machine if it can."""
        host, port = near((*self.reachable, *self.addresses)[0])
        return f"http://{f'[{host}]' if ':' in host else host}:{port}/"


class Facts(NamedTuple):
    """What a server really is, once it listens."""

    version: str
    engine: str
    addresses: Sequence[str]
    is_local: bool
    """Whether only this machine can reach it."""
    max_users: int
    wanted_users: int
    """What was asked for; more than *max_users* if descriptors are too few."""
    history: str
    page: PageFacts | None = None
    reachable: Sequence[str] = ()
    """Where other machines find it, if it listens on every address."""


def banner(facts: Facts) -> str:
    """Return a few lines for a person who has just started a server."""
    where = " and ".join(facts.addresses)
    whom = "this machine only" if facts.is_local else "everyone who can reach it"
    users = f"up to {facts.max_users:,} users"
    if facts.max_users < facts.wanted_users:
        users += f" (not {facts.wanted_users:,}: the system allows no more files)"
    lines = [
        f"Parlour {facts.version} listens on {where} ({facts.engine})",
        f"for {whom}, {users}",
        f"history: {facts.history}",
    ]
    if facts.reachable:
        lines.append(f"other machines find it at {' and '.join(facts.reachable)}")
    if facts.page is not None:
        does = "read and write" if facts.page.mode == "write" else "read only"
        moved = f"; port {WEB_PORT} was taken" if facts.page.is_moved else ""
        lines.append(f"page: {facts.page.url} ({does}{moved})")
    if does := _open_to_all(facts):
        lines.append(
            "warning: nothing is encrypted and nobody needs a password; "
            f"whoever reaches it can {does}"
        )
    lines.append(f"join with: {invitation(facts)}")
    return "\n".join(lines)


def _open_to_all(facts: Facts) -> str:
    """Return what those on other machines can do, if any can reach it."""
    page = facts.page
    if not facts.is_local or (page and page.mode == "write" and not page.is_local):
        return "read and write"
    return "read" if page and not page.is_local else ""


def invitation(facts: Facts) -> str:
    """Return the command by which one joins, from another machine if one can."""
    address = (*facts.reachable, *facts.addresses)[0]
    return " ".join(("python3 client.py", *near(address)))


def near(address: str) -> tuple[str, str]:
    """Return where on this machine a server is found that listens on *address*."""
    host, _, port = address.rpartition(":")
    return NEAR.get(host, host).strip("[]"), port


def page(hub: Hub, seconds: float) -> str:
    """Return the state of *hub*, that has run for *seconds*, from plain integers."""
    room, counts = hub.room, hub.counters
    log, crowd = room.recent_events, room.delivery
    ends = ", ".join(f"{code} {n:,}" for code, n in sorted(counts.closed.items()))
    return f"""\
state after {seconds:,.0f} s
  connections  {hub.capacity.users:,} users and {hub.capacity.pages:,} pages now, \
{counts.connections:,} in all, \
{counts.rejected:,} turned away
  members      {len(room.roster):,} in {room.name}, {crowd.lagging_count:,} lagging
  cursors      head {log.head:,}, log from {log.base:,} ({log.size:,} bytes), \
furthest behind by {crowd.backlog:,} events
  backlog      {len(room.pending):,} messages said and not recorded
  history      {room.last_sequence:,} is the last message told
  heard        {counts.lines:,} lines, {counts.messages:,} messages, \
{counts.refused:,} refused, {counts.delayed:,} times delayed
  told         {counts.delivered:,} events in {counts.writes:,} writes and \
{counts.flushes:,} flushes, {counts.bytes:,} bytes, {crowd.missed_count:,} events missed
  ended        {ends or "none"}"""
