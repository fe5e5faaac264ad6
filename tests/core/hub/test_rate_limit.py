"""The rate limit of a session."""

from parlour.core.limits import Limits
from parlour.core.rate_limit import Rate
from tests.core.fake_server import FakePeer, FakeServer, line
from tests.core.room_peers import ask, codes, lines, people_in

RATE = Limits(rate=Rate(5.0, 20.0))
NAME = "192.0.2.7:7"


def connect_limited(server: FakeServer) -> FakePeer:
    """Connect a member whose token bucket is full."""
    peer = server.connect(NAME)
    server.wait(10.0)
    peer.read()
    return peer


def test_messages_above_the_rate_are_delayed_and_not_dropped() -> None:
    server = FakeServer(RATE)
    ann = connect_limited(server)
    texts = [f"{number:02}" for number in range(50)]

    ann.send_text(*texts)

    received = ann.read()
    assert len(received) == 20
    assert not ann.server_is_reading
    server.wait(1.0)
    received += ann.read()
    assert 24 <= len(received) <= 25
    server.wait(6.0)
    received += ann.read()
    assert received == [f"192.0.2.7:7: {text}" for text in texts]
    assert ann.server_is_reading


def test_the_end_of_the_stream_waits_for_delayed_messages() -> None:
    server = FakeServer(RATE)
    bob = server.member("Bob")
    ann = connect_limited(server)
    bob.read()

    ann.feed(b"".join(line("message", f"{number}") for number in range(30)))
    ann.send_eof()
    server.wait(1.0)
    assert ann.ended is None
    server.wait(2.0)

    messages = [f"{NAME}: {number}" for number in range(30)]
    assert ann.read() == messages
    assert bob.read() == [*messages, f"[Server]: {NAME} has left the chat"]
    assert ann.ended is not None
    assert ann.ended.code == "closed"


def test_bytes_that_arrive_during_a_delay_stay_in_order() -> None:
    server = FakeServer(RATE)
    ann = connect_limited(server)
    data = b"".join(line("message", f"{number}") for number in range(60))

    for start in range(0, len(data), 7):
        ann.feed(data[start : start + 7])
    server.wait(30.0)

    assert ann.read() == [f"{NAME}: {number}" for number in range(60)]


def test_an_exempt_session_is_never_delayed() -> None:
    server = FakeServer(RATE)
    ann = server.connect("127.0.0.1:5", exempt=True)

    ann.send_text(*["hi"] * 1000)

    assert len(ann.read()) == 1001
    assert ann.server_is_reading


def test_each_session_has_its_own_rate_limit() -> None:
    server = FakeServer(RATE)
    ann = connect_limited(server)
    bob = server.connect()
    ann.send_text(*["a"] * 100)
    ann.read()

    bob.send_text("b")

    assert ann.read()[-1].endswith(": b")


def test_blank_and_refused_lines_count() -> None:
    for data in (b"\n", b"nonsense\n", line("set-name", "")):
        server = FakeServer(RATE)
        ann = connect_limited(server)

        ann.send(data * 20 + line("message", "late"))
        assert f"{NAME}: late" not in ann.read()
        server.wait(0.3)
        assert f"{NAME}: late" in ann.read()


def test_a_long_line_counts_by_its_size() -> None:
    server = FakeServer(RATE)
    ann = connect_limited(server)

    ann.send(line("history", "x" * 32_000) * 2 + line("message", "late"))
    assert not any("late" in text for text in ann.read())
    server.wait(3.0)

    assert ann.read()[-1] == f"{NAME}: late"


def test_a_query_counts_as_five_lines() -> None:
    server = FakeServer(RATE)
    ann = connect_limited(server)

    ann.send(line("users") * 6)

    assert len(ann.read()) == 4
    server.wait(2.1)
    assert len(ann.read()) == 2


def test_the_line_timeout_does_not_run_during_a_delay() -> None:
    server = FakeServer(Limits(rate=Rate(1.0, 1.0)))
    ann = connect_limited(server)

    ann.send(line("message", "x") * 100 + b'{"type": ')
    server.wait(95.0)
    assert ann.ended is None
    server.wait(60.0)

    assert ann.ended is not None
    assert ann.ended.code == "line_timeout"
    assert len(ann.read()) == 101


def test_a_delayed_line_is_not_polled() -> None:
    server = FakeServer(Limits(rate=Rate(1.0, 1.0)))
    ann = connect_limited(server)

    ann.send_text("a", "b")
    due = server.hub.deadline(server.now)

    assert due is not None
    assert due >= server.now + 0.04


def test_a_rename_counts_as_a_line_in_each_room_of_the_user() -> None:
    server = FakeServer(RATE)
    (ann,) = people_in(server, "lobby", "dev", "ops", names="Ann")
    server.wait(10.0)
    ann.read()

    for number in range(20):
        ann.send(line("set-name", {"name": f"Ann{number}"}))

    server.wait(0.1)
    renamed = codes(lines(ann))
    assert renamed == ["renamed"] * 3 * 7, "20 lines at once: 7 times 3 rooms"


def test_a_rename_does_not_count_for_rooms_that_others_have_opened() -> None:
    server = FakeServer(RATE)
    (ann,) = people_in(server, "lobby", names="Ann")
    for peer in people_in(server, "lobby", names=" ".join(f"P{n}" for n in range(30))):
        ask(peer, "direct", to="Ann")
    server.wait(10.0)
    ann.read()

    ask(ann, "set-name", name="Eve")
    server.wait(0.1)
    lines(ann)

    assert codes(ask(ann, "message", room="lobby", message="hi")) == [
        "stored",
        "message",
    ]


def test_a_rename_in_no_room_counts_as_a_line() -> None:
    server = FakeServer(RATE)
    (ann,) = people_in(server, "lobby", names="Ann")
    ask(ann, "leave", room="lobby")
    server.wait(10.0)
    ann.read()

    for number in range(30):
        ann.send(line("set-name", {"name": f"Ann{number}"}))
    server.wait(0.1)

    assert codes(lines(ann)) == ["renamed"] * 20
