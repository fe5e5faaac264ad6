"""The report that a server prints on request: its state."""

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
