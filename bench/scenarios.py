"""Which work is measured for which servers."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

Options = dict[str, str | int | float]
"""Options of the generator, by their names without dashes."""

BARE: Final = "bare loop"
PEERS: Final = ("InspIRCd", "ngIRCd", "Redis", "nats-server", "Mosquitto")
FORMS: Final = (
    BARE,
    "async",
    "async, SQLite",
    "async, sessions",
    "async, sessions, SQLite",
    "threads",
    "threads, SQLite",
)
EVERYBODY: Final = (*FORMS, *PEERS, "textbook")
PLAIN: Final = (BARE, "async", "async, SQLite", "threads")
FEW: Final = (*PLAIN, "InspIRCd", "Redis")
BY_MEMBERS: Final = (BARE, "async", "threads", "InspIRCd", "Redis")
GROWTH: Final = (BARE, "async", "threads", "InspIRCd")
STORMS: Final = ("async", "async, sessions", "threads")
LARGE_STORMS: Final = STORMS[:2]  # by default, the threaded engine admits 1,000
TWO_PEERS: Final = ("InspIRCd", "ngIRCd")
MANY_ROOMS: Final = (BARE, "async, sessions", "async, sessions, SQLite", *TWO_PEERS)
OURS_WITH_TLS: Final = ("async, TLS", "async, sessions, TLS", "threads, TLS")
OTHERS_WITH_TLS: Final = ("async behind nginx", "InspIRCd, TLS")
WITH_TLS: Final = (*OURS_WITH_TLS, *OTHERS_WITH_TLS)
QUICK: Final = {200: (BARE, "async", "async, SQLite", "threads"), 1000: (BARE, "async")}
QUICK_SECONDS: Final = 0.4


@dataclass(frozen=True)
class Scenario:
    """One kind of work."""

    name: str
    title: str
    servers: tuple[str, ...]
    options: Options
    group: str = ""
    """The plot that contains it as a point."""
    quick: tuple[str, ...] = ()
    """The servers for which `make bench-quick` measures it."""


def _saturated(members: int, servers: tuple[str, ...], **more: float) -> Scenario:
    return Scenario(
        f"saturated-{members}",
        f"{members:,} members, 10 speakers with 10 lines in flight each",
        servers,
        {"members": members, "seconds": 1.2, **more},
        group="members",
        quick=QUICK.get(members, ()),
    )


def _paced(members: int, rate: int, servers: tuple[str, ...]) -> Scenario:
    return Scenario(
        f"paced-{members}-{rate}",
        f"{members:,} members, {rate:,} lines a second",
        servers,
        {"members": members, "rate": rate, "seconds": 1.6},
        group="rate" if members == 200 else "",
        quick=(BARE, "async") if (members, rate) == (200, 500) else (),
    )


def _notices(mode: str, members: int, servers: tuple[str, ...]) -> Scenario:
    does = "connect at once" if mode == "join" else "are here, and half leave at once"
    title = f"{members:,} {does}, until everybody has received everything"
    return Scenario(
        f"{mode}-{members}", title, servers, {"mode": mode, "members": members}, mode
    )


def _idle(members: int, servers: tuple[str, ...]) -> Scenario:
    options: Options = {"mode": "idle", "members": members, "seconds": 1}
    title = f"{members:,} members, silent"
    return Scenario(f"idle-{members}", title, servers, options)


def _stuck(count: int) -> Scenario:
    title = f"200 lines of 1 KB a second; 900 members read, {count} never do"
    options: Options = {
        "members": 900 + count,
        "stuck": count,
        "rate": 200,
        "text": 1000,
        "prefill": 6000,  # more than the kernel buffers for them
        "seconds": 3,
    }
    return Scenario(f"stuck-{count}", title, ("async", "threads"), options)


def _reading(kind: str, readers: int, returners: int) -> Scenario:
    title = (
        f"200 members, 200 lines a second, and {max(readers, returners)} that {kind}"
    )
    options: Options = {
        "members": 200,
        "rate": 200,
        "readers": readers,
        "returners": returners,
        "prefill": 5000,
        "seconds": 2,
    }
    servers = ("async, sessions", "async, sessions, SQLite", "threads, sessions")
    name = "pages" if readers else "resumes"
    return Scenario(name, title, servers, options)


def _rooms(count: int, *more: str, quick: tuple[str, ...] = ()) -> Scenario:
    options: Options = {
        "members": 10 * count,
        "rooms": count,
        "speakers": count,
        "rate": 1000,
        "seconds": 2,
    }
    title = f"{count:,} rooms with 10 members each, 1,000 lines a second in all"
    return Scenario(f"rooms-{count}", title, (*MANY_ROOMS, *more), options, quick=quick)


def _speaker(rooms: int) -> Scenario:
    options: Options = {
        "members": 1 + 10 * rooms,
        "rooms": rooms,
        "speakers": 1,
        "everywhere": 1,
        "window": rooms,
        "seconds": 1.6,
    }
    title = (
        f"one speaker in {rooms} rooms with 10 other members each, "
        "one line in flight in each"
    )
    return Scenario(f"speaker-{rooms}", title, MANY_ROOMS, options)


def _idle_rooms(count: int, each: int) -> Scenario:
    members = 50 + count // each  # the first 50 are in the lobby, and not counted
    options: Options = {
        "mode": "idle",
        "members": members,
        "rooms": count,
        "each": each,
        "seconds": 1,
    }
    title = f"{count:,} silent rooms, {each} for each of {count // each} members"
    return Scenario(f"idle-rooms-{count}", title, MANY_ROOMS[1:], options)


def _encrypted() -> Iterator[Scenario]:
    """Yield the works for servers with TLS, beside the same without it."""
    servers = (BARE, "async", *WITH_TLS)
    for plain in (_saturated(200, servers), _paced(200, 500, servers)):
        yield replace(
            plain,
            name=f"tls-{plain.name}",
            title=f"TLS: {plain.title}",
            group="",
            quick=(),
        )
    idle = _idle(1000, ("async", "threads", *WITH_TLS, "InspIRCd"))
    yield replace(idle, name="tls-idle-1000", title=f"TLS: {idle.title}")
    options: Options = {"mode": "handshake", "members": 50, "seconds": 1.5}
    title = "full TLS 1.3 handshakes, 50 at a time, each on a new connection"
    asked = ("async, TLS", "threads, TLS", *OTHERS_WITH_TLS)
    yield Scenario("handshakes", title, asked, options)


SCENARIOS: Final = (
    _saturated(10, BY_MEMBERS),
    _saturated(90, BY_MEMBERS),
    _saturated(200, EVERYBODY),
    _saturated(1000, EVERYBODY),
    _saturated(5000, (BARE, "async", "Redis"), seconds=2),
    Scenario(
        "bursts-200",
        "200 members, 10 speakers with 20 lines in flight, 10 in one write",
        FEW,
        {"members": 200, "window": 20, "batch": 10, "seconds": 1.2},
    ),
    Scenario(
        "small-windows",
        "90 members, 10 speakers with one line in flight each",
        (*PLAIN, *PEERS, "textbook"),
        {"members": 90, "window": 1, "seconds": 1.2},
    ),
    Scenario(
        "inbound",
        "10 members, all of them speakers with 1,000 in flight, 50 in one write",
        (BARE, "async", "async, SQLite", "threads", "threads, SQLite"),
        {"members": 10, "window": 1000, "batch": 50, "seconds": 1.2},
    ),
    *(_paced(200, rate, GROWTH) for rate in (50, 200, 1000, 2000)),
    _paced(200, 500, (*PLAIN, "async, sessions", *PEERS, "textbook")),
    _paced(10, 500, (BARE, "async")),
    _paced(90, 500, (BARE, "async")),
    _paced(1000, 200, FEW),
    _paced(5000, 20, (BARE, "async")),
    _paced(10000, 5, (BARE, "async")),
    _notices("join", 1000, (*STORMS, *TWO_PEERS)),
    _notices("join", 2500, ("async",)),
    _notices("join", 5000, LARGE_STORMS),
    _notices("leave", 1000, (*STORMS, "InspIRCd")),
    _idle(1000, (*PLAIN, "async, sessions", *PEERS, "textbook")),
    _idle(10000, ("async",)),
    _rooms(100, "threads, sessions", quick=(BARE, "async, sessions")),
    _rooms(1000),
    _speaker(100),
    _idle_rooms(9999, 99),  # and the lobby: as many as a server has
    _stuck(0),
    _stuck(100),
    _reading("read pages of the history", 4, 0),
    _reading("reconnect with a cursor 200 lines old", 0, 4),
    Scenario(
        "pages-2000",
        "2,000 pages (WebSockets), 10 speakers, 10 lines a second",
        ("async, pages", "threads, pages"),
        {"members": 2000, "rate": 10, "seconds": 2},
    ),
    *_encrypted(),
)
