"""Totals by result, and the numbers of the present."""

from parlour.core.delivery.reports import Resumption
from parlour.core.events import Refused
from parlour.core.gauges import Gauges, read_gauges
from parlour.core.limits import Limits
from parlour.core.sessions.connection import ConnectionKind, State
from tests.core.account_peers import connect_account, register
from tests.core.fake_server import FakeServer, line
from tests.core.session_peers import (
    SOON,
    connect_ann_and_bob,
    connect_session,
    send_messages,
)


def gauges(server: FakeServer) -> Gauges:
    return read_gauges(server.hub, server.now)


def resumptions(server: FakeServer) -> dict[Resumption, int]:
    return dict(gauges(server).resumptions)


def test_a_rejected_connection_counts_by_its_code() -> None:
    server = FakeServer(Limits(max_users=1))
    server.connect()
    server.connect_rejected()

    assert gauges(server).counters.rejected == {"server_full": 1}
    assert gauges(server).counters.connections == 1


def test_a_client_that_misses_nothing_resumes_completely() -> None:
    server = FakeServer()
    ann, bob = connect_ann_and_bob(server)
    ann.disconnect()
    send_messages(bob, "hi")

    connect_session(server, "Ann", after=0)

    assert resumptions(server) == {"complete": 1}
    assert gauges(server).counters.resumed == 1


def test_a_client_whose_messages_are_deleted_resumes_with_a_gap() -> None:
    limits = Limits(rate=None, recent_events_bytes=100)
    server = FakeServer(limits, messages=2)
    ann, bob = connect_ann_and_bob(server)
    ann.disconnect()
    send_messages(bob, *map(str, range(20)))

    connect_session(server, "Ann", after=0)

    assert resumptions(server) == {"gap": 1}


def test_a_client_of_another_history_resumes_nothing() -> None:
    server = FakeServer()
    cursor = {"lobby": {"epoch": "of another history", "sequence": 3}}

    connect_session(server, "Ann", resume=cursor)

    assert resumptions(server) == {"none": 1}


def test_a_client_without_a_cursor_resumes_no_room() -> None:
    server = FakeServer()
    connect_session(server, "Ann")

    assert resumptions(server) == {}


def test_sign_ins_count_by_their_results() -> None:
    server = FakeServer()
    register(server, "romeo")
    connect_account(server, "romeo")
    connect_account(server, "romeo", password="wrong horse")
    connect_account(server, "nobody")

    sign_ins = gauges(server).counters.sign_ins
    assert sign_ins == {"accepted": 1, "auth_failed": 2}
    assert gauges(server).accounts == 1


def test_connections_count_by_kind_and_state() -> None:
    server = FakeServer()
    server.member("Ann")
    server.connect()

    connections = gauges(server).connections
    assert connections == {
        (ConnectionKind.SOCKET, State.MEMBER): 1,
        (ConnectionKind.SOCKET, State.ARRIVED): 1,
    }


def test_a_held_session_has_no_connection() -> None:
    server = FakeServer()
    connect_session(server, "Ann").disconnect()
    server.wait(SOON)

    assert (gauges(server).sessions, gauges(server).held_sessions) == (1, 1)
    assert gauges(server).users == 0


def test_the_furthest_lagging_connection_is_measured_in_events_and_bytes() -> None:
    server = FakeServer(Limits(rate=None))
    ann, bob = connect_ann_and_bob(server)
    before = gauges(server)
    ann.is_full = True
    send_messages(bob, "fills it")
    send_messages(bob, "one", "two")

    found = gauges(server)
    assert (before.lagging, before.lag_events, before.lag_bytes) == (0, 0, 0)
    assert (found.lagging, found.lag_events) == (1, 2)
    assert found.lag_bytes > 0
    assert found.queued_bytes == found.lag_bytes


def test_a_batch_that_the_journal_refuses_is_counted_until_one_is_recorded() -> None:
    server = FakeServer()
    ann = server.member("Ann")
    server.is_storage_paused = True
    ann.send_text("lost")
    server.refuse(Refused("storage_full", "the disk is full"))
    refused = gauges(server)
    server.is_storage_paused = False
    ann.send_text("stored")

    assert (refused.is_recording, refused.counters.unrecorded) == (False, 1)
    assert gauges(server).is_recording


def test_the_age_of_a_batch_is_how_long_the_journal_has_it() -> None:
    server = FakeServer()
    ann = server.member("Ann")
    server.is_storage_paused = True
    ann.send_text("waits")
    server.wait(2)

    assert gauges(server).batch_age == 2
    assert gauges(server).unsettled_entries == 1


def test_a_reading_does_not_change() -> None:
    server = FakeServer()
    before = gauges(server)
    server.connect()
    ann = connect_session(server, "Ann")
    ann.send(line("bye", {}))

    assert before.counters.joined == 0
    assert not before.counters.closed
