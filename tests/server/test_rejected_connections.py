"""The bound on rejected connections that are not closed yet."""

from parlour.server.rejected_connections import MAX_REJECTED, RejectedConnections


def test_peers_over_the_bound_have_no_time_to_read_why() -> None:
    rejected = RejectedConnections()

    answers = [rejected.add() for _ in range(MAX_REJECTED + 2)]

    assert answers == [True] * MAX_REJECTED + [False] * 2


def test_a_connection_that_closes_leaves_its_time_to_another() -> None:
    rejected = RejectedConnections()
    for _ in range(MAX_REJECTED):
        rejected.add()

    rejected.remove()

    assert rejected.add()
