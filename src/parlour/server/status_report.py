"""The state of a server, as it is printed on request."""

import parlour
from parlour.core.events import LOBBY
from parlour.core.gauges import Gauges
from parlour.core.state.rooms import Rooms


def state_report(gauges: Gauges, rooms: Rooms, seconds: float) -> str:
    """Return the state of a server with these *rooms*, after *seconds*."""
    counts, lobby = gauges.counters, rooms[LOBBY]
    codes = ", ".join(f"{code} {n:,}" for code, n in sorted(counts.closed.items()))
    return f"""\
state after {seconds:,.0f} s
  connections  {gauges.users:,} users and {gauges.pages:,} pages now, \
{counts.connections:,} in all, \
{counts.rejected.total():,} rejected
  members      {len(lobby.members):,} in {LOBBY}, \
{gauges.sessions:,} sessions in all, {gauges.lagging:,} lagging, \
furthest behind by {gauges.lag_events:,} events
  rooms        {gauges.open_rooms:,} open, \
{gauges.rooms_with_listeners:,} with listeners, \
{gauges.recent_bytes:,} bytes of recent events
  backlog      {gauges.unsettled_entries:,} entries not settled yet
  history      {lobby.sequence:,} is the last message in {LOBBY}
  received     {counts.lines:,} lines, {counts.messages:,} messages, \
{counts.refused:,} refused, {counts.delayed:,} times delayed
  sent         {counts.delivered:,} events in {counts.writes:,} writes and \
{counts.flushes:,} flushes, {counts.bytes:,} bytes, \
{gauges.missed:,} events missed
  closed       {codes or "none"}"""


def stats(gauges: Gauges, seconds: float) -> dict[str, int | float | str]:
    """Return the state of a server after *seconds*, by the names of the metrics."""
    counts = gauges.counters
    closed = {
        f"connections_closed_{code}_total": n
        for code, n in sorted(counts.closed.items())
    }
    return {
        "version": parlour.__version__,
        "uptime_seconds": round(seconds, 1),
        "users": gauges.users,
        "pages": gauges.pages,
        "sessions": gauges.sessions,
        "rooms": gauges.open_rooms,
        "accounts": gauges.accounts,
        "lagging_connections": gauges.lagging,
        "furthest_lag_events": gauges.lag_events,
        "recent_events_bytes": gauges.recent_bytes,
        "journal_unsettled_entries": gauges.unsettled_entries,
        "connections_accepted_total": counts.connections,
        "connections_rejected_total": counts.rejected.total(),
        "lines_received_total": counts.lines,
        "messages_stored_total": counts.messages,
        "refusals_total": counts.refused,
        "rate_limited_total": counts.delayed,
        "events_delivered_total": counts.delivered,
        "events_missed_total": gauges.missed,
        "writes_total": counts.writes,
        "written_bytes_total": counts.bytes,
        **closed,
    }
