"""Many rooms on a terminal as the user sees them, in both engines."""

from tests.client.conftest import StartClient, StartTerminal
from tests.client.listener import Listener
from tests.client.room_lines import entered, read_request, said, welcome_peer
from tests.client.server_lines import session_line, welcome

ENTER, TAB, CTRL_U = "\r", "\t", "\x15"
ALT_A = "\x1ba"
ROOMS = "dialect='auto', color='never', rooms=('lobby', 'dev')"
ONE_ROOM = "dialect='auto', color='never'"


def alt(number: int) -> str:
    return f"\x1b{number}"


def test_another_room_is_counted_and_shown_after_a_switch(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal(ROOMS)
    with listener.accept() as peer:
        welcome_peer(peer, "lobby", "dev")
        screen.expect_rows("#lobby>")
        peer.sock.sendall(said("bob", "one", "dev") + said("eve", "hi", "lobby"))
        screen.expect_rows("eve: hi", "#dev 1 | #lobby>")
        peer.sock.sendall(said("bob", "look, Ann?", "dev", 2))
        screen.expect_rows("#dev bob: look, Ann?", "#dev 2 | #lobby>")
        screen.press(ALT_A)
        screen.expect_rows(
            "-- 2 unread messages in #dev:",
            "bob: one",
            "bob: look, Ann?",
            "──── #dev ────",
            "#dev>",
        )
        peer.sock.sendall(said("bob", "three", "dev", 3))
        screen.expect_rows("──── #dev ────", "bob: three", "#dev>")


def test_a_draft_survives_a_switch_and_goes_to_the_current_room(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal(ROOMS)
    with listener.accept() as peer:
        welcome_peer(peer, "lobby", "dev")
        screen.expect_rows("#lobby>")
        screen.press("half a")
        screen.expect_rows("#lobby> half a")
        screen.press(alt(2))
        screen.expect_rows("──── #dev ────", "#dev> half a")
        screen.press(f" line{ENTER}")

        assert read_request(peer, "message")["room"] == "dev"
        screen.expect_rows("#dev> half a line", "#dev>")


def test_a_line_that_follows_a_command_in_the_same_read_goes_to_the_new_room(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal(ROOMS)
    with listener.accept() as peer:
        welcome_peer(peer, "lobby", "dev")
        screen.expect_rows("#lobby>")
        screen.press("/room dev\nat once\n")

        assert read_request(peer, "message")["room"] == "dev"


def test_a_direct_message_prints_one_line_and_opens_a_room(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal(ONE_ROOM)
    with listener.accept() as peer:
        welcome_peer(peer, "lobby")
        peer.sock.sendall(said("bob", "hi", "lobby"))
        screen.expect_rows("bob: hi")
        screen.press("typed")
        screen.expect_rows("bob: hi", "typed")
        peer.sock.sendall(entered("direct:1", "bob") + said("bob", "psst", "direct:1"))
        screen.expect_rows("@bob bob: psst", "@bob 1 | #lobby> typed")
        screen.press(f"{CTRL_U}/room bob{ENTER}")
        screen.expect_rows(
            "-- 1 unread message in @bob:", "bob: psst", "──── @bob ────", "@bob>"
        )


def test_a_draft_stays_in_its_room_when_that_is_closed(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal(ONE_ROOM)
    with listener.accept() as peer:
        welcome_peer(peer, "lobby")
        peer.sock.sendall(entered("direct:1", "bob") + said("bob", "hi", "direct:1"))
        screen.expect_rows("@bob bob: hi", "@bob 1 | #lobby>")
        screen.press(f"{ALT_A}for bob al")
        screen.expect_rows("──── @bob ────", "@bob> for bob al")
        closed = session_line("closed", room="direct:1", reason="bob has left")
        peer.sock.sendall(closed)
        screen.expect_rows(
            "-- @bob is closed for you: bob has left", "@bob (closed)> for bob al"
        )
        screen.press(f"one{ENTER}")
        screen.expect_rows(
            "-- Not sent: @bob is closed. Switch to another room: /room (after Ctrl-U)",
            "@bob (closed)> for bob alone",
        )
        screen.press(f"{CTRL_U}/room lobby{ENTER}")
        screen.expect_rows("──── #lobby ────")
        screen.press(f"for all{ENTER}")

        assert read_request(peer, "message")["message"] == "for all"


def test_rooms_and_people_are_completed(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal(ROOMS)
    with listener.accept() as peer:
        welcome_peer(peer, "lobby", "dev")
        peer.sock.sendall(said("bob", "hi", "lobby") + said("eve", "hi", "dev"))
        screen.expect_rows("bob: hi", "#dev 1 | #lobby>")
        screen.press(f"/room d{TAB}")
        screen.expect_rows("#dev 1 | #lobby> /room dev")
        screen.press(f"{CTRL_U}ev{TAB}{CTRL_U}/w b{TAB}")
        screen.expect_rows("#dev 1 | #lobby> /w bob")
        screen.press(f"psst{ENTER}")

        assert read_request(peer, "direct") == {"to": "bob"}


def test_names_from_the_server_cannot_move_the_cursor_or_forge_a_row(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal(ONE_ROOM)
    screen.resize(24, 40)
    forged = "[Server]: forged"
    with listener.accept() as peer:
        welcome_peer(peer, "lobby")
        topic = f"\x1b[2J\x1b[H\n{forged}"
        peer.sock.sendall(entered(f"\x1b[2J\r\n{forged}", topic=topic))
        peer.sock.sendall(entered("direct:1", f"bob\x1b[2J\r\n{forged}"))
        text = "Ann" + " " * 36 + forged + f"\n{forged}\r{forged}"
        peer.sock.sendall(said("bob", text, "direct:1"))
        peer.sock.sendall(said("bob", text, f"\x1b[2J\r\n{forged}"))
        screen.press("typed")
        screen.expect_rows("+2 | #lobby> typed")
        screen.press(f"{CTRL_U}/room{ENTER}{alt(2)}{alt(3)}")
        screen.expect_text("unread")
        screen.wait_until_idle()

        assert not [row for row in screen.scrolled if row.startswith(forged)]
        assert screen.scrolled[0].startswith("@bob␛[2J")
        assert max(map(len, screen.scrolled)) <= 40


def test_all_rooms_are_shown_with_their_names(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal(f"{ROOMS}, all_rooms=True")
    with listener.accept() as peer:
        welcome_peer(peer, "lobby", "dev")
        peer.sock.sendall(said("bob", "one", "dev") + said("bob", "two", "lobby"))

        screen.expect_rows("#dev bob: one", "#lobby bob: two", "#lobby>")


def test_one_room_looks_as_before(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal(ONE_ROOM)
    with listener.accept() as peer:
        welcome_peer(peer, "lobby")
        screen.press(f"hello{ENTER}")
        assert read_request(peer, "message")["message"] == "hello"
        peer.sock.sendall(said("Ann", "hello", "lobby"))
        screen.press("x")

        screen.expect_rows("hello", "Ann: hello", "x")
        assert screen.rows == ["hello", "Ann: hello", "x"]


def test_rooms_on_a_server_without_rooms_end_the_client(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal(ROOMS)
    with listener.accept() as peer:
        assert peer.read_json()["type"] == "hello"
        screen.press(f"lost{ENTER}")
        peer.sock.sendall(welcome(0))

        read_request(peer, "bye")
        assert peer.read_line() == b""
    assert screen.wait() == 3
    assert "This server has one room" in "\n".join(screen.rows)


def test_each_line_in_a_pipe_begins_with_its_room(
    start_client: StartClient, listener: Listener
) -> None:
    client = start_client(ROOMS)
    with listener.accept() as peer:
        welcome_peer(peer, "lobby", "dev")
        client.write_input(b"hello\n/join ops\nmore\n")
        assert read_request(peer, "message")["room"] == "lobby"
        assert read_request(peer, "join")["room"] == "ops"
        assert read_request(peer, "message")["room"] == "ops"
        peer.sock.sendall(said("bob", "one", "dev") + said("bob", "two", "lobby"))
        peer.sock.sendall(entered("ops") + said("Ann", "more", "ops"))
        client.wait_for_output("more")

    assert client.wait() == 5  # nothing was acknowledged
    assert client.out.splitlines() == [
        "#dev bob: one",
        "#lobby bob: two",
        "#ops Ann: more",
        "Server disconnected",
    ]


def test_json_is_what_the_server_sends(
    start_client: StartClient, listener: Listener
) -> None:
    client = start_client(f"{ROOMS}, json=True")
    lines = said("bob", "one", "dev") + session_line("topic", room="dev", topic="x")
    with listener.accept() as peer:
        welcome_peer(peer, "lobby", "dev")
        peer.sock.sendall(lines)
        client.wait_for_output('"topic": "x"')

    client.wait()
    assert client.out.endswith(lines.decode())
