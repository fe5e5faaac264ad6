"""The report that a server prints on request: its state."""

import parlour
from parlour.core.events import LOBBY
from parlour.core.hub import Hub


def state_report(hub: Hub, seconds: float) -> str:
    """Return the state of *hub* after *seconds*. This reads only counters and sizes."""
    counts, delivery, rooms = hub.counters, hub.delivery, hub.state.rooms
    codes = ", ".join(f"{code} {n:,}" for code, n in sorted(counts.closed.items()))
    return f"""\
state after {seconds:,.0f} s
  connections  {hub.capacity.users:,} users and {hub.capacity.pages:,} pages now, \
{counts.connections:,} in all, \
{counts.rejected.total():,} rejected
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


def stats(hub: Hub, seconds: float) -> dict[str, int | float | str]:
    """Return the state of *hub* after *seconds*, by names for programs."""
    counts, delivery, rooms = hub.counters, hub.delivery, hub.state.rooms
    return {
        "version": parlour.__version__,
        "uptime_seconds": round(seconds, 1),
        "users": hub.capacity.users,
        "pages": hub.capacity.pages,
        "sessions": len(hub.state.sessions),
        "rooms": rooms.open_count,
        "accounts": len(hub.state.accounts),
        "lagging": delivery.lagging_count,
        "furthest_behind_events": delivery.backlog,
        "recent_events_bytes": delivery.recent_size,
        "unsettled_entries": hub.unsettled,
        "connections_total": counts.connections,
        "rejected_total": counts.rejected.total(),
        "lines_total": counts.lines,
        "messages_total": counts.messages,
        "refused_total": counts.refused,
        "delayed_total": counts.delayed,
        "delivered_events_total": counts.delivered,
        "missed_events_total": delivery.reports.missed_count,
        "writes_total": counts.writes,
        "written_bytes_total": counts.bytes,
        **{f"closed_{code}_total": n for code, n in sorted(counts.closed.items())},
    }
