"""The bound on rejected connections that are not closed yet."""

from parlour.server.rejected_connections import MAX_REJECTED, RejectedConnections


def test_connections_over_the_bound_are_closed_at_once() -> None:
    rejected = RejectedConnections()

    answers = [rejected.add() for _ in range(MAX_REJECTED + 2)]

    assert answers == [True] * MAX_REJECTED + [False] * 2


def test_a_closed_connection_does_not_count() -> None:
    rejected = RejectedConnections()
    for _ in range(MAX_REJECTED):
        rejected.add()

    rejected.remove()

    assert rejected.add()
