from parlour.core.limits import Limits
from parlour.core.rate_limit import Rate
from tests.core.fake_server import Guest, Stage, line

RATE = Limits(rate=Rate(5.0, 20.0))
NAME = "192.0.2.7:7"


def limited(stage: Stage) -> Guest:
    """Let in one whose bucket is full."""
    guest = stage.connect(NAME)
    stage.wait(10.0)
    guest.hear()
    return guest


def test_what_is_said_too_fast_is_delayed_and_never_dropped() -> None:
    stage = Stage(RATE)
    ann = limited(stage)
    texts = [f"{number:02}" for number in range(50)]

    ann.say(*texts)

    heard = ann.hear()
    assert len(heard) == 20
    assert not ann.reads
    stage.wait(1.0)
    heard += ann.hear()
    assert 24 <= len(heard) <= 25
    stage.wait(6.0)
    heard += ann.hear()
    assert heard == [f"192.0.2.7:7: {text}" for text in texts]
    assert ann.reads


def test_an_end_of_the_stream_waits_behind_what_is_delayed() -> None:
    stage = Stage(RATE)
    bob = stage.member("Bob")
    ann = limited(stage)
    bob.hear()

    ann.push(b"".join(line("message", f"{number}") for number in range(30)))
    ann.end()
    stage.wait(1.0)
    assert ann.ended is None
    stage.wait(2.0)

    said = [f"{NAME}: {number}" for number in range(30)]
    assert ann.hear() == said
    assert bob.hear() == [*said, f"[Server]: {NAME} has left the chat"]
    assert ann.ended is not None
    assert ann.ended.code == "closed"


def test_bytes_that_come_while_lines_are_held_queue_behind_them() -> None:
    stage = Stage(RATE)
    ann = limited(stage)
    data = b"".join(line("message", f"{number}") for number in range(60))

    for start in range(0, len(data), 7):
        ann.push(data[start : start + 7])
    stage.wait(30.0)

    assert ann.hear() == [f"{NAME}: {number}" for number in range(60)]


def test_one_that_is_exempt_is_never_delayed() -> None:
    stage = Stage(RATE)
    ann = stage.connect("127.0.0.1:5", exempt=True)

    ann.say(*["hi"] * 1000)

    assert len(ann.hear()) == 1001
    assert ann.reads


def test_the_rate_of_one_is_not_that_of_another() -> None:
    stage = Stage(RATE)
    ann = limited(stage)
    bob = stage.connect()
    ann.say(*["a"] * 100)
    ann.hear()

    bob.say("b")

    assert ann.hear()[-1].endswith(": b")


def test_a_blank_line_and_a_refused_one_are_charged() -> None:
    for data in (b"\n", b"nonsense\n", line("set-name", "")):
        stage = Stage(RATE)
        ann = limited(stage)

        ann.send(data * 20 + line("message", "late"))
        assert f"{NAME}: late" not in ann.hear()
        stage.wait(0.3)
        assert f"{NAME}: late" in ann.hear()


def test_a_long_line_is_charged_by_its_size() -> None:
    stage = Stage(RATE)
    ann = limited(stage)

    ann.send(line("history", "x" * 32_000) * 2 + line("message", "late"))
    assert not any("late" in text for text in ann.hear())
    stage.wait(3.0)

    assert ann.hear()[-1] == f"{NAME}: late"


def test_a_question_is_charged_as_five_lines() -> None:
    stage = Stage(RATE)
    ann = limited(stage)

    ann.send(line("users") * 6)

    assert len(ann.hear()) == 4
    stage.wait(2.1)
    assert len(ann.hear()) == 2


def test_one_that_is_delayed_does_not_run_the_clock_of_a_half_line() -> None:
    stage = Stage(Limits(rate=Rate(1.0, 1.0)))
    ann = limited(stage)

    ann.send(line("message", "x") * 100 + b'{"type": ')
    stage.wait(95.0)
    assert ann.ended is None
    stage.wait(60.0)

    assert ann.ended is not None
    assert ann.ended.code == "line_timeout"
    assert len(ann.hear()) == 101


def test_a_delayed_line_takes_no_more_than_its_due_of_ticks() -> None:
    stage = Stage(Limits(rate=Rate(1.0, 1.0)))
    ann = limited(stage)

    ann.say("a", "b")
    due = stage.hub.deadline(stage.now)

    assert due is not None
    assert due >= stage.now + 0.04
