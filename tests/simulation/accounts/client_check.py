"""Checks the answers and refusals that one client received, and what it stored."""

from collections.abc import Iterator

from tests.proof.records import DIRECT
from tests.proof.violation import Violation

from .law import Law, is_meant
from .transcript import Line, Transcript

ROOM_LINES = {"message", "erased", "joined", "left", "topic", "act", "users", "history"}
KINDS = {"muted": "mute", "banned": "ban"}


def check_client(client: Transcript, law: Law) -> Iterator[Violation]:
    """Check all lines of a client but the order of its messages."""
    yield from _check_reading(client)
    for each in client.lines:
        if not each.is_sent:
            yield from _check_hearing(client, law, each)
            yield from _check_refusal(client, law, each)
            yield from _check_answer(client, law, each)


def check_texts(clients: list[Transcript], law: Law) -> Iterator[Violation]:
    """Check that every stored message was sent by a client, once, as itself."""
    authors = {text: each for each in clients for text in each.sent.values()}
    seen = set[str]()
    for room, items in law.rooms.items():
        for item in items:
            if item.target:
                continue
            author = authors.get(item.text)
            if author is None or author.account != item.account:
                yield Violation("nothing is invented", room, str(item))
            if item.text in seen:
                yield Violation("nothing is stored twice", room, str(item))
            seen.add(item.text)


def _check_hearing(client: Transcript, law: Law, line: Line) -> Iterator[Violation]:
    """Check that the client was a member of a room whose event it received.

    It must have been one at some place from the event until it was received. Anybody
    may list the users and read the history of a public room.
    """
    room = line.data.get("room")
    if room is None or line.kind not in ROOM_LINES | {"room"}:
        return
    is_closed = room.startswith(DIRECT) or room == "den"
    if line.kind in {"users", "history"} and not is_closed:
        return
    start = client.starts[line.connection].applied
    if line.kind == "message":
        items = law.rooms.get(room, [])
        places = [
            each.place for each in items if each.sequence == line.data["sequence"]
        ]
        start = max(start, *places) if places else start
    if not law.may_hear(client.person, room, start, line.place):
        details = f"{line.kind} {line.data}"
        yield Violation("only members hear a room", client.name, details)


def _check_refusal(client: Transcript, law: Law, line: Line) -> Iterator[Violation]:
    """Check that there was a reason to refuse something."""
    code = line.data.get("code")
    if line.kind not in {"error", "bye"} or code is None:
        return
    start = client.starts[line.connection]
    if code in KINDS:
        networks = {client.network} | _around(client.network)
        accounts = {client.account}
        if line.connection not in client.welcomed:
            accounts.add(0)  # it is nobody yet
        if not any(
            span.row.kind.value == KINDS[code]
            and span.start <= line.place
            and span.end > start.applied
            and (span.row.until is None or span.row.until > _asked(client, line))
            and is_meant(span.row.target, account, client.token, networks)
            for span in law.sanctions.values()
            for account in accounts
        ):
            details = f"{line.kind} {line.data}"
            yield Violation("nobody is refused without a reason", client.name, details)
    key = client.keys.get(line.connection)
    if (
        code == "auth_failed"
        and key is not None
        and law.is_valid_throughout(key, start.applied, line.place)
    ):
        details = f"{line.kind} {line.data}"
        yield Violation("a valid key is accepted", client.name, details)


def _around(network: str) -> set[str]:
    """Return the networks of the operator that contain *network*."""
    found = {"192.0.2.0/24"} if network.startswith("192.0.2.") else set()
    return found | ({"192.0.2.1/32"} if network == "192.0.2.1" else set())


def _asked(client: Transcript, line: Line) -> float:
    """Return when the request was sent, at the earliest, that a line refuses."""
    number = line.data.get("id")
    if number is None:
        return client.starts[line.connection].time
    return max(
        each.time
        for each in client.lines
        if each.is_sent
        and each.connection == line.connection
        and each.data.get("id") == number
    )


def _check_answer(client: Transcript, law: Law, line: Line) -> Iterator[Violation]:
    """Check a welcome, and that what was acknowledged is stored."""
    data = line.data
    key = client.keys.get(line.connection)
    if line.kind == "welcome" and key is not None:
        start = client.starts[line.connection]
        if not law.was_valid(key, start.applied, line.place):
            yield Violation("only a valid key is accepted", client.name, str(data))
    if line.kind == "stored":
        text = client.sent[data["id"]]
        items = law.rooms.get(data["room"], [])
        if not any(
            each.sequence == data["sequence"] and each.text == text for each in items
        ):
            details = f"{data}: {text}"
            yield Violation("acknowledged messages are stored", client.name, details)


def _check_reading(client: Transcript) -> Iterator[Violation]:
    """Check that read positions never go back, as long as a connection lasts."""
    told = dict[tuple[int, str], int]()
    for line in client.lines:
        if line.is_sent or line.kind not in {"room", "read"}:
            continue
        place, read = (line.connection, line.data["room"]), line.data.get("read", 0)
        if line.kind == "read" and read < told.get(place, 0):
            details = f"{line.data} after {told[place]}"
            yield Violation("read positions do not go back", client.name, details)
        told[place] = read
