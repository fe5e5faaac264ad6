# ruff: noqa: RUF001 -- the tests need characters that look alike
"""Names that are taken, refused, released and listed."""

from tests.core.fake_server import FakeServer, line


def test_only_one_of_two_members_gets_the_same_name() -> None:
    server = FakeServer()
    ann, bob = server.members("Ann", "Bob")

    ann.feed(line("set-name", "Eve"))
    bob.feed(line("set-name", "eve"))
    server.wait(0.1)

    renamed = "[Server]: Ann renamed to Eve"
    taken = "[Server]: the name eve is taken, or looks like one that is"
    assert ann.read() == [renamed]
    assert bob.read() == [renamed, taken]


def test_a_name_is_taken_before_the_rename_is_announced() -> None:
    server = FakeServer()
    ann, bob = server.members("Ann", "Bob")
    server.is_storage_paused = True

    ann.send(line("message", "hi") + line("set-name", "Eve"))
    bob.send(line("set-name", "Eve") + line("message", "hi"))
    server.commit()
    server.commit()

    taken = "[Server]: the name Eve is taken, or looks like one that is"
    assert bob.read() == [
        "Ann: hi",
        "[Server]: Ann renamed to Eve",
        taken,
        "Bob: hi",
    ]


def test_a_refused_rename_keeps_the_old_name() -> None:
    server = FakeServer()
    ann, bob = server.members("Ann", "Bob")

    ann.send(line("set-name", "Bob") + line("message", "hi"))
    bob.send(line("set-name", "[Server]") + line("message", "hi"))

    taken = "[Server]: the name Bob is taken, or looks like one that is"
    assert ann.read() == [taken, "Ann: hi", "Bob: hi"]
    assert bob.read() == ["Ann: hi", "[Server]: that name is reserved", "Bob: hi"]


def test_renaming_to_the_current_name_is_not_announced() -> None:
    server = FakeServer()
    ann, bob = server.members("Ann", "Bob")

    ann.rename(" Ann ")
    server.wait(0.1)

    assert ann.read() == ["[Server]: you are Ann already"]
    assert bob.read() == []


def test_a_user_may_change_the_case_of_their_name() -> None:
    server = FakeServer()
    ann = server.member("ann")

    ann.rename("Ann")
    server.wait(0.1)

    assert ann.read() == ["[Server]: ann renamed to Ann"]


def test_the_name_of_a_user_who_left_is_free_at_once() -> None:
    server = FakeServer()
    ann, bob = server.members("Ann", "Bob")

    ann.feed(b"")
    bob.feed(line("set-name", "Ann"))
    server.wait(0.1)

    assert bob.read() == [
        "[Server]: Ann has left the chat",
        "[Server]: Bob renamed to Ann",
    ]


def test_a_name_can_be_taken_once_its_owner_has_another() -> None:
    server = FakeServer()
    ann, bob = server.members("Ann", "Bob")

    ann.send(line("set-name", "Bob") + line("set-name", "Eve"))
    bob.feed(line("set-name", "Ann"))
    server.wait(0.1)

    assert bob.read() == [
        "[Server]: Ann renamed to Eve",
        "[Server]: Bob renamed to Ann",
    ]


def test_an_address_is_not_a_valid_name() -> None:
    server = FakeServer()
    peer = server.connect("192.0.2.7:57354")
    ann = server.member("Ann")

    for name in ("192.0.2.7:57354", "192.0.2.7:5735４", "l92.0.2.7:57354"):
        ann.rename(name)

    assert ann.read() == ["[Server]: a name does not look like an address"] * 3
    assert peer.ended is None


def test_a_second_connection_from_one_address_gets_a_number() -> None:
    server = FakeServer()
    server.connect("192.0.2.7:57354")
    second = server.connect("192.0.2.7:57354")

    server.wait(0.1)
    second.read()
    second.send_text("hi")

    assert second.read() == ["192.0.2.7:57354#2: hi"]
