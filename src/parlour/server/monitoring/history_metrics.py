"""The metrics of the journal, of the history, and of the server itself."""

from typing import Final

from parlour.history.query_queue import MAX_PAGES, MAX_SEARCHES

from .metric import COUNTER, GAUGE, Metric

HISTORY: Final = (
    Metric(
        "parlour_journal_unsettled_entries",
        GAUGE,
        "Entries that wait for the journal, or that it records now.",
        lambda r: r.gauges.unsettled_entries,
    ),
    Metric(
        "parlour_journal_batch_age_seconds",
        GAUGE,
        "For how long the journal has had its batch; 0 if it has none.",
        lambda r: r.gauges.batch_age,
    ),
    Metric(
        "parlour_journal_recording",
        GAUGE,
        "1 if the journal recorded the last batch, 0 if it refused it.",
        lambda r: float(r.gauges.is_recording),
    ),
    Metric(
        "parlour_journal_refused_batches_total",
        COUNTER,
        "Batches that the journal refused.",
        lambda r: r.gauges.counters.unrecorded,
    ),
    Metric(
        "parlour_history_queries_waiting",
        GAUGE,
        "Questions to the history that wait, by kind.",
        lambda r: {
            ("page",): r.queries.pages,
            ("search",): r.queries.searches,
        },
        ("kind",),
    ),
    Metric(
        "parlour_max_history_queries_waiting",
        GAUGE,
        "The most that may wait, by kind.",
        lambda _: {("page",): MAX_PAGES, ("search",): MAX_SEARCHES},
        ("kind",),
    ),
    Metric(
        "parlour_uptime_seconds",
        GAUGE,
        "Seconds since the server began to serve.",
        lambda r: r.uptime,
    ),
)
