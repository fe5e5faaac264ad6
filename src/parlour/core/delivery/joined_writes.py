"""One write for each connection and flush, whatever number of its rooms have news."""

from collections.abc import Iterable

from ..events import ConnectionId
from .shared_cursors import Write


def join_writes(
    first: dict[ConnectionId, bytes], rooms: list[list[Write]]
) -> list[Write]:
    """Return the writes of several *rooms* as one for each connection.

    A connection that is in *first* gets these bytes before the others. Connections
    that get the same parts share one bytes object.
    """
    if not first and len(rooms) == 1:
        return rooms[0]
    writes = [write for room in rooms for write in room]
    several = _in_several(first, writes)
    if not several:
        return writes
    joined: list[Write] = []
    parts: dict[ConnectionId, list[Write]] = {
        connection: [Write(first[connection], [connection], 0)]
        if connection in first
        else []
        for connection in several
    }
    for write in writes:
        if several.isdisjoint(write.connections):
            joined.append(write)
            continue
        others = [each for each in write.connections if each not in several]
        if others:
            joined.append(write._replace(connections=others))
        for each in write.connections:
            if each in several:
                parts[each].append(write)
    return [*_join(parts), *joined]


def _in_several(
    first: dict[ConnectionId, bytes], writes: Iterable[Write]
) -> set[ConnectionId]:
    """Return the connections that have something in more than one place, or first."""
    seen, several = set[ConnectionId](), set[ConnectionId](first)
    for write in writes:
        if not seen.isdisjoint(write.connections):
            several.update(seen.intersection(write.connections))
        seen.update(write.connections)
    return several


def _join(parts: dict[ConnectionId, list[Write]]) -> list[Write]:
    """Return one write for each different list of parts."""
    groups: dict[tuple[tuple[int, int], ...], Write] = {}
    for connection, writes in parts.items():
        key = tuple((id(write.data), write.events) for write in writes)
        if key not in groups:
            data = b"".join([write.data for write in writes])
            groups[key] = Write(data, [], sum(write.events for write in writes))
        groups[key].connections.append(connection)
    return list(groups.values())
