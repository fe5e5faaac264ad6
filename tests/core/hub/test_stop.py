from parlour.core.limits import Limits
from tests.core.fake_server import Stage, line


def test_what_comes_after_the_end_is_dropped() -> None:
    stage = Stage()
    ann, bob = stage.members("Ann", "Bob")
    stage.hub.stop("over")

    bob.say("hello?")

    assert bob.hear() == ann.hear() == ["[Server]: over"]


def test_a_stop_is_told_to_all_and_ends_all() -> None:
    stage = Stage()
    ann, bob = stage.members("Ann", "Bob")
    guest = stage.connect()

    ann.push(line("message", "last"))
    stage.hub.stop("the server is shutting down")
    stage.turn()

    bye = "[Server]: the server is shutting down"
    assert guest.hear() == [bye]
    assert ann.hear() == bob.hear() == ["Ann: last", bye]
    assert [each.ended.code for each in (ann, bob, guest) if each.ended] == [
        "server_stopping"
    ] * 3
    assert stage.turned().code == "server_stopping"


def test_nothing_is_told_after_a_stop() -> None:
    stage = Stage()
    ann, bob = stage.members("Ann", "Bob")
    stage.hub.stop("over")
    stage.turn()
    ann.hear()

    bob.vanish()
    stage.wait(60.0)

    assert ann.hear() == []
    assert stage.hub.deadline(stage.now) is None


def test_a_watcher_hears_all_and_is_not_there() -> None:
    stage = Stage(Limits(max_users=1, rate=None))
    watcher = stage.watch()
    ann = stage.connect("192.0.2.1:1")

    ann.send(line("message", "hi") + line("users"))
    stage.hub.stop("over")
    stage.turn()

    entered = "[Server]: 192.0.2.1:1 has entered the chat"
    assert watcher.hear() == [entered, "192.0.2.1:1: hi", "[Server]: over"]
    assert "[Server]: 1 user: 192.0.2.1:1" in ann.hear()
    assert len(stage.hub) == 1


def test_a_watcher_may_lag_for_ever() -> None:
    stage = Stage(Limits(rate=None, log_bytes=1000))
    watcher = stage.watch()
    ann = stage.member("Ann")
    watcher.is_full = True

    for number in range(100):
        ann.say(f"{number:03}")
    stage.wait(3600.0)
    watcher.drain_all()

    heard = watcher.hear()
    assert heard[0] == "Ann: 000"
    assert heard[1].startswith("[Server]: you fell behind and missed ")
    assert heard[-1] == "Ann: 099"
