# ruff: noqa: RUF001 -- characters that look like others are what is tested
"""Two who want one name, and what becomes of it."""

from tests.core.fake_server import Stage, line


def test_of_two_who_take_a_name_at_once_one_gets_it() -> None:
    stage = Stage()
    ann, bob = stage.members("Ann", "Bob")

    ann.push(line("set-name", "Eve"))
    bob.push(line("set-name", "eve"))
    stage.wait(0.1)

    renamed = "[Server]: Ann renamed to Eve"
    taken = "[Server]: the name eve is taken, or looks like one that is"
    assert ann.hear() == [renamed]
    assert bob.hear() == [renamed, taken]


def test_a_name_is_taken_from_the_moment_it_was_asked_for() -> None:
    stage = Stage()
    ann, bob = stage.members("Ann", "Bob")
    stage.holds = True

    ann.send(line("message", "hi") + line("set-name", "Eve"))
    bob.send(line("set-name", "Eve") + line("message", "hi"))
    stage.commit()
    stage.commit()

    taken = "[Server]: the name Eve is taken, or looks like one that is"
    assert bob.hear() == [
        "Ann: hi",
        "[Server]: Ann renamed to Eve",
        taken,
        "Bob: hi",
    ]


def test_a_refused_rename_keeps_the_old_name() -> None:
    stage = Stage()
    ann, bob = stage.members("Ann", "Bob")

    ann.send(line("set-name", "Bob") + line("message", "hi"))
    bob.send(line("set-name", "[Server]") + line("message", "hi"))

    taken = "[Server]: the name Bob is taken, or looks like one that is"
    assert ann.hear() == [taken, "Ann: hi", "Bob: hi"]
    assert bob.hear() == ["Ann: hi", "[Server]: that name is reserved", "Bob: hi"]


def test_the_name_one_has_already_is_no_news() -> None:
    stage = Stage()
    ann, bob = stage.members("Ann", "Bob")

    ann.rename(" Ann ")
    stage.wait(0.1)

    assert ann.hear() == ["[Server]: you are Ann already"]
    assert bob.hear() == []


def test_one_may_write_the_own_name_in_another_way() -> None:
    stage = Stage()
    ann = stage.member("ann")

    ann.rename("Ann")
    stage.wait(0.1)

    assert ann.hear() == ["[Server]: ann renamed to Ann"]


def test_the_name_of_one_who_left_is_free_and_told_in_order() -> None:
    stage = Stage()
    ann, bob = stage.members("Ann", "Bob")

    ann.push(b"")
    bob.push(line("set-name", "Ann"))
    stage.wait(0.1)

    assert bob.hear() == [
        "[Server]: Ann has left the chat",
        "[Server]: Bob renamed to Ann",
    ]


def test_two_may_not_swap_names_but_may_pass_one_on() -> None:
    stage = Stage()
    ann, bob = stage.members("Ann", "Bob")

    ann.push(line("set-name", "Bob") + line("set-name", "Eve"))
    bob.push(line("set-name", "Ann"))
    stage.wait(0.1)

    assert bob.hear() == [
        "[Server]: Ann renamed to Eve",
        "[Server]: Bob renamed to Ann",
    ]


def test_the_address_of_another_is_no_name() -> None:
    stage = Stage()
    guest = stage.connect("192.0.2.7:57354")
    ann = stage.member("Ann")

    for name in ("192.0.2.7:57354", "192.0.2.7:5735４", "l92.0.2.7:57354"):
        ann.rename(name)

    assert ann.hear() == ["[Server]: a name does not look like an address"] * 3
    assert guest.ended is None


def test_two_of_one_address_are_told_apart() -> None:
    stage = Stage()
    stage.connect("192.0.2.7:57354")
    second = stage.connect("192.0.2.7:57354")

    stage.wait(0.1)
    second.hear()
    second.say("hi")

    assert second.hear() == ["192.0.2.7:57354#2: hi"]


def test_users_shows_the_names_of_the_moment() -> None:
    stage = Stage()
    ann, bob = stage.members("Ann", "Bob")
    stage.holds = True

    bob.say("hi")
    bob.rename("Zoe")
    ann.send(line("users"))
    bob.end()
    stage.commit()

    assert "[Server]: 2 users: Ann, Zoe" in ann.hear()
