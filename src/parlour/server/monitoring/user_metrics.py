"""The metrics of connections, sessions and accounts."""

from typing import Final

from parlour.core.counters import ACCEPTED
from parlour.core.sessions.connection import ConnectionKind, State

from ..passwords import MAX_WAITING
from .metric import COUNTER, GAUGE, Labelled, Metric, by
from .readings import Reading


def _connections(reading: Reading) -> Labelled:
    found = reading.gauges.connections
    return {
        (kind.name.lower(), state.name.lower()): found[kind, state]
        for kind in ConnectionKind
        for state in State
    }


USERS: Final = (
    Metric(
        "parlour_users",
        GAUGE,
        "Users: connections that take part in the chat, with a socket or a page.",
        lambda r: r.gauges.users,
    ),
    Metric(
        "parlour_max_users",
        GAUGE,
        "The most users that the server admits.",
        lambda r: r.gauges.max_users,
    ),
    Metric(
        "parlour_pages",
        GAUGE,
        "Open pages, including those of users.",
        lambda r: r.gauges.pages,
    ),
    Metric(
        "parlour_max_pages",
        GAUGE,
        "The most pages that the server admits.",
        lambda r: r.gauges.max_pages,
    ),
    Metric(
        "parlour_connections",
        GAUGE,
        "Connections by kind and by state.",
        _connections,
        ("kind", "state"),
    ),
    Metric(
        "parlour_connections_accepted_total",
        COUNTER,
        "Connections that were not rejected.",
        lambda r: r.gauges.counters.connections,
    ),
    Metric(
        "parlour_connections_rejected_total",
        COUNTER,
        "Rejected connections by code.",
        lambda r: by(r.gauges.counters.rejected, "server_full", "too_many_connections"),
        ("code",),
    ),
    Metric(
        "parlour_connections_closed_total",
        COUNTER,
        "Connections that were closed, by code.",
        lambda r: by(r.gauges.counters.closed, "closed", "lost"),
        ("code",),
    ),
    Metric(
        "parlour_sessions",
        GAUGE,
        "Sessions, including those that wait to be resumed.",
        lambda r: r.gauges.sessions,
    ),
    Metric(
        "parlour_sessions_held",
        GAUGE,
        "Sessions without a connection, which may be resumed.",
        lambda r: r.gauges.held_sessions,
    ),
    Metric(
        "parlour_sessions_started_total",
        COUNTER,
        "Sessions that were opened or resumed.",
        lambda r: r.gauges.counters.joined,
    ),
    Metric(
        "parlour_sessions_resumed_total",
        COUNTER,
        "Sessions that were resumed on another connection.",
        lambda r: r.gauges.counters.resumed,
    ),
    Metric(
        "parlour_resumptions_total",
        COUNTER,
        "Rooms that a client continued from its cursor: it received all messages after "
        "that (complete), only some (gap), or none of another history (none).",
        lambda r: by(
            {str(k): n for k, n in r.gauges.resumptions.items()},
            *("complete", "gap", "none"),
        ),
        ("result",),
    ),
    Metric(
        "parlour_accounts",
        GAUGE,
        "Accounts.",
        lambda r: r.gauges.accounts,
    ),
    Metric(
        "parlour_sign_ins_total",
        COUNTER,
        "Sign-ins by result: accepted, or the code of the refusal.",
        lambda r: by(r.gauges.counters.sign_ins, ACCEPTED, "auth_failed"),
        ("result",),
    ),
    Metric(
        "parlour_password_checks_waiting",
        GAUGE,
        "Passwords that wait to be checked, besides the one in progress.",
        lambda r: r.passwords,
    ),
    Metric(
        "parlour_max_password_checks_waiting",
        GAUGE,
        "The most passwords that may wait.",
        lambda _: MAX_WAITING,
    ),
)
