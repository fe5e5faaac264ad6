"""The metrics of messages: how many there are, and how late."""

from typing import Final

from .metric import COUNTER, GAUGE, HISTOGRAM, Labelled, Metric
from .readings import Reading


def _rooms(reading: Reading) -> Labelled:
    gauges = reading.gauges
    return {
        ("open",): gauges.open_rooms,
        ("closed",): gauges.known_rooms - gauges.open_rooms,
        ("direct",): gauges.kept_direct_rooms,
        ("direct_with_guest",): gauges.guest_direct_rooms,
    }


MESSAGES: Final = (
    Metric(
        "parlour_rooms",
        GAUGE,
        "Rooms by kind: open, closed with a history, direct between accounts, direct "
        "with a guest.",
        _rooms,
        ("kind",),
    ),
    Metric(
        "parlour_rooms_with_listeners",
        GAUGE,
        "Rooms of which a connection receives the events.",
        lambda r: r.gauges.rooms_with_listeners,
    ),
    Metric(
        "parlour_lines_received_total",
        COUNTER,
        "Processed lines, including blank and refused ones.",
        lambda r: r.gauges.counters.lines,
    ),
    Metric(
        "parlour_refusals_total",
        COUNTER,
        "Refused messages and commands.",
        lambda r: r.gauges.counters.refused,
    ),
    Metric(
        "parlour_rate_limited_total",
        COUNTER,
        "How often the rate limit delayed a user.",
        lambda r: r.gauges.counters.delayed,
    ),
    Metric(
        "parlour_messages_stored_total",
        COUNTER,
        "Messages that the journal recorded.",
        lambda r: r.gauges.counters.messages,
    ),
    Metric(
        "parlour_events_delivered_total",
        COUNTER,
        "Events of rooms that were written, once for each member.",
        lambda r: r.gauges.counters.delivered,
    ),
    Metric(
        "parlour_written_bytes_total",
        COUNTER,
        "Bytes that were written to all connections.",
        lambda r: r.gauges.counters.bytes,
    ),
    Metric(
        "parlour_writes_total",
        COUNTER,
        "Writes to connections.",
        lambda r: r.gauges.counters.writes,
    ),
    Metric(
        "parlour_flushes_total",
        COUNTER,
        "Rounds of delivery.",
        lambda r: r.gauges.counters.flushes,
    ),
    Metric(
        "parlour_events_missed_total",
        COUNTER,
        "Events that were discarded before a member received them.",
        lambda r: r.gauges.missed,
    ),
    Metric(
        "parlour_recent_events_bytes",
        GAUGE,
        "Bytes of the recent events of all rooms.",
        lambda r: r.gauges.recent_bytes,
    ),
)

DELAYS: Final = (
    Metric(
        "parlour_said_to_stored_seconds",
        HISTOGRAM,
        "Seconds until a batch of messages is stored, of its oldest message.",
        lambda r: r.said_to_stored,
    ),
    Metric(
        "parlour_stored_to_told_seconds",
        HISTOGRAM,
        "Seconds until a stored batch is written to the members that do not lag.",
        lambda r: r.stored_to_told,
    ),
    Metric(
        "parlour_said_to_told_seconds",
        HISTOGRAM,
        "Seconds from the oldest message of a batch to its writes.",
        lambda r: r.said_to_told,
    ),
    Metric(
        "parlour_batch_entries",
        HISTOGRAM,
        "Entries of a batch, including joins and leaves.",
        lambda r: r.batch_entries,
    ),
    Metric(
        "parlour_lagging_connections",
        GAUGE,
        "Connections whose transport is full.",
        lambda r: r.gauges.lagging,
    ),
    Metric(
        "parlour_furthest_lag_events",
        GAUGE,
        "Events that the furthest of these connections has not received.",
        lambda r: r.gauges.lag_events,
    ),
    Metric(
        "parlour_furthest_lag_bytes",
        GAUGE,
        "The most bytes that wait in the transport of one of them.",
        lambda r: r.gauges.lag_bytes,
    ),
    Metric(
        "parlour_queued_bytes",
        GAUGE,
        "Bytes that wait in both directions, of all connections.",
        lambda r: r.gauges.queued_bytes,
    ),
    Metric(
        "parlour_max_queued_bytes",
        GAUGE,
        "The most bytes that may wait, until connections are aborted.",
        lambda r: r.gauges.max_queued_bytes,
    ),
)
