"""The load generator and the bare loop with many rooms, with real sockets."""

import json
import os
from pathlib import Path

import pytest

from bench.servers import Running
from parlour.client.protocol.requests import Say
from parlour.client.protocol.session_encoder import encode, hello

from .generator import TIME, end, run, start
from .relay import MEMBERS
from .room_relay import Hesitating, Misdirecting, Rooms, RoomSessions, Swapping

TWO_ROOMS = {"rooms": 2, "speakers": 2}
EVERYWHERE = {"rooms": 3, "members": 7, "everywhere": 1, "window": 3}
LOBBY_ONLY = 50  # members of the mode idle that are not counted


def test_the_lines_of_a_room_are_expected_by_its_members_only(built: Path) -> None:
    relay = Rooms()

    report = run(built, relay, **TWO_ROOMS)

    assert report["delivered_in_all"] == relay.delivered > 0
    assert relay.delivered == MEMBERS / 2 * sum(relay.said.values())
    assert (report["lost"], report["doubled"]) == (0, 0)


def test_a_line_counts_once_however_many_members_receive_it(built: Path) -> None:
    report = run(built, Rooms(), **TWO_ROOMS)

    delivered, seconds = report["delivered"], report["seconds"]
    assert isinstance(delivered, int)
    assert isinstance(seconds, float)
    lines = delivered / (MEMBERS / 2)
    assert report["lines_per_second"] == pytest.approx(lines / seconds, rel=0.02)


def test_members_are_spread_evenly_over_the_rooms(built: Path) -> None:
    relay = RoomSessions()

    run(built, relay, dialect="session", **TWO_ROOMS)

    assert [one["rooms"] for one in relay.hellos] == [["r00000"], ["r00001"]] * 2


def test_a_rate_is_spread_evenly_over_the_rooms(built: Path) -> None:
    relay = Rooms()

    run(built, relay, rate=500, **TWO_ROOMS)

    assert len(relay.said) == 2
    assert abs(relay.said["r00000"] - relay.said["r00001"]) <= 1


def test_a_line_in_another_room_is_lost_here_and_doubled_there(built: Path) -> None:
    report = run(built, Misdirecting(), rate=100, **TWO_ROOMS)

    assert (report["lost"], report["doubled"]) == (MEMBERS / 2, MEMBERS / 2)


def test_a_lost_line_is_not_hidden_by_a_doubled_one(built: Path) -> None:
    report = run(built, Swapping(), rate=100, **TWO_ROOMS)

    assert (report["lost"], report["doubled"]) == (1, 1)


def test_a_speaker_in_all_rooms_speaks_in_each_in_turn(built: Path) -> None:
    relay = RoomSessions()

    report = run(built, relay, dialect="session", **EVERYWHERE)

    rooms = ["r00000", "r00001", "r00002"]
    assert [one["rooms"] for one in relay.hellos] == [
        rooms,
        *([room] for room in rooms * 2),
    ]
    assert relay.asked[:6] == rooms * 2
    assert report["delivered_in_all"] == 3 * len(relay.asked)
    assert (report["lost"], report["doubled"]) == (0, 0)


def test_no_line_is_said_before_every_room_has_answered(built: Path) -> None:
    relay = Hesitating()

    run(built, relay, dialect="session", **EVERYWHERE)

    assert relay.asked
    assert relay.early == 0


def test_a_refused_room_fails_the_run_with_its_code(built: Path) -> None:
    relay = RoomSessions()
    relay.refusal = "too_many_rooms"
    with relay.open():
        options = {"dialect": "session", **EVERYWHERE}
        report = end(start(built, relay.port, os.getpid(), **options), code=2)

    assert report["failed"] == "refused: too_many_rooms"


def test_sessions_send_the_fields_of_our_client_and_their_rooms(built: Path) -> None:
    relay = RoomSessions()

    run(built, relay, dialect="session", **TWO_ROOMS)

    ours = json.loads(hello("a token", "", ["r00000"], {}).line)["data"]
    line = json.loads(encode(Say("hi", "r00000"), "1"))["data"]
    assert relay.hellos
    assert relay.lines
    assert all(one.keys() == ours.keys() for one in relay.hellos)
    assert all(one.keys() == line.keys() for one in relay.lines)


def test_the_rooms_of_idle_members_are_all_different(built: Path) -> None:
    relay = RoomSessions()
    some = {"mode": "idle", "members": LOBBY_ONLY + 3, "rooms": 6, "each": 2}

    report = run(built, relay, dialect="session", **some)

    asked = [one["rooms"] for one in relay.hellos]
    assert asked[:LOBBY_ONLY] == [["lobby"]] * LOBBY_ONLY
    assert asked[LOBBY_ONLY:] == [
        ["r00000", "r00001"],
        ["r00002", "r00003"],
        ["r00004", "r00005"],
    ]
    assert "bytes_per_room" in report


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"rooms": 3}, "cannot be spread evenly"),
        ({"rooms": 2, "dialect": "redis"}, "has no --rooms"),
        ({"rooms": 2, "stuck": 1}, "members that all read"),
        ({"rooms": 2, "each": 2}, "--each needs the mode idle"),
        ({"everywhere": 1}, "there are no --rooms"),
        ({"rooms": 3, "everywhere": 1, "speakers": 2}, "needs one speaker"),
    ],
)
def test_invalid_options_of_rooms_are_refused(
    built: Path, options: dict[str, object], reason: str
) -> None:
    load = start(built, 1, os.getpid(), **options)
    out, error = load.communicate(timeout=TIME)

    assert (load.returncode, out) == (1, "")
    assert reason in error


def test_the_bare_loop_sends_a_line_to_the_members_of_its_room(
    built: Path, loop: Running
) -> None:
    report = end(start(built, loop.port, loop.process.pid, **TWO_ROOMS))

    assert report["delivered_in_all"] != 0
    assert (report["lost"], report["doubled"]) == (0, 0)


def test_the_bare_loop_writes_once_to_a_member_of_several_rooms(
    built: Path, loop: Running
) -> None:
    options = {**EVERYWHERE, "batch": 3}
    report = end(start(built, loop.port, loop.process.pid, **options))

    # A batch has one line for each of three rooms: a write to each of the six others,
    # and one to the speaker for all three, where nine lines are delivered.
    assert report["writes_per_line"] == pytest.approx(7 / 9, rel=0.1)
    assert (report["lost"], report["doubled"]) == (0, 0)
