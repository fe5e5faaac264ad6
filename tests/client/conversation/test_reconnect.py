"""What a client that comes back sends, shows and keeps to itself."""

import json

import pytest

from parlour.client.conversation import Conversation
from parlour.client.exit_status import ExitCode
from parlour.client.protocol.display_items import ChatMessage, Disconnected, Note
from parlour.client.protocol.negotiation import (
    MAX_PROVISIONAL,
    REJECTION_WINDOW,
    RESUME_PLAIN_TIMEOUT,
    RESUME_TIMEOUT,
    WELCOME_TIMEOUT,
)
from parlour.client.protocol.outbox import MAX_SIZE
from parlour.client.protocol.reconnect import MAX_RETRY_AFTER
from parlour.client.protocol.server_events import Bye
from parlour.client.protocol.session_decoder import decode
from tests.client.server_lines import plain_message, session_line, welcome

TOKEN = "a secret of 128 bits"
ENTERED = plain_message("[Server]", "you has entered the chat")


def client(
    *, interactive: bool = False, name: str = "", reconnects: bool = True
) -> Conversation:
    return Conversation(
        interactive=interactive,
        name=name,
        any_name=True,
        token=TOKEN,
        reconnects=reconnects,
        jitter=lambda: 0.5,
    )


def message(sequence: int) -> bytes:
    return session_line(
        "message", sequence=sequence, source="Bob", message=f"{sequence}"
    )


def sent(conversation: Conversation) -> list[tuple[str, object]]:
    data = conversation.data_to_send()
    conversation.written(0, 0)
    found = [json.loads(line) for line in data.splitlines()]
    return [(line["type"], line["data"]) for line in found]


def hello(conversation: Conversation) -> dict[str, object]:
    (kind, data), *_ = sent(conversation)
    assert kind == "hello"
    assert isinstance(data, dict)
    return data


def joined(conversation: Conversation, sequence: int = 5, you: str = "Ann") -> None:
    """Let the server welcome a new client."""
    sent(conversation)
    conversation.receive(welcome(sequence, you=you), 0)
    sent(conversation)
    conversation.items_to_show()


def lose(conversation: Conversation, now: float) -> None:
    conversation.disconnected(now)
    conversation.tick(now + 60)
    conversation.begin_attempt()


def notes(conversation: Conversation) -> list[str]:
    return [
        item.text for item in conversation.items_to_show() if isinstance(item, Note)
    ]


def texts(conversation: Conversation) -> list[str]:
    return [
        item.text
        for item in conversation.items_to_show()
        if isinstance(item, ChatMessage)
    ]


def test_only_a_client_that_comes_back_asks_that_its_name_be_held() -> None:
    assert hello(client())["token"] == TOKEN
    assert "token" not in hello(client(reconnects=False))


def test_an_interrupted_client_says_goodbye_between_two_lines_only() -> None:
    conversation = client()
    assert conversation.bye() == b""  # its hello is not sent yet
    sent(conversation)
    assert conversation.bye() == b""  # an old server does not know the word
    conversation.receive(welcome(5), 0)
    sent(conversation)

    assert json.loads(conversation.bye()) == {"type": "bye", "data": {}}
    conversation.written(0, 0)
    conversation.leave(1)
    sent(conversation)
    assert conversation.bye() == b""  # it was said already


def test_a_line_is_sent_again_with_its_id_and_not_before_the_welcome() -> None:
    conversation = client()
    joined(conversation)
    conversation.submit_line("hi", 1)
    first = sent(conversation)

    lose(conversation, 2)
    conversation.connected(3)
    conversation.submit_line("ho", 3)
    before = [kind for kind, _ in sent(conversation)]
    conversation.receive(welcome(5), 3)

    assert first == [("message", {"message": "hi", "id": "1"})]
    assert before == ["hello"]
    assert sent(conversation) == [*first, ("message", {"message": "ho", "id": "2"})]


def test_what_is_kept_beyond_a_gap_is_shown() -> None:
    conversation = client()
    joined(conversation)
    lose(conversation, 1)
    conversation.connected(13)

    conversation.receive(welcome(44, recovered=False), 13)
    conversation.receive(
        session_line("missed", room="lobby", events=35, resume_after=40), 13
    )
    for sequence in range(41, 45):
        conversation.receive(message(sequence), 13)

    shown = conversation.items_to_show()
    (note,) = [item.text for item in shown if isinstance(item, Note)]
    said = [item.text for item in shown if isinstance(item, ChatMessage)]
    assert said == ["41", "42", "43", "44"]
    missed = "35 messages are older than this server keeps"
    assert note == f"Reconnected after 13 s, {missed}"


def test_what_is_caught_up_has_the_time_of_when_it_was_said() -> None:
    conversation = client()
    joined(conversation)
    lose(conversation, 1)
    conversation.connected(99)
    moment = "2026-01-31T12:00:00.123456Z"
    data = {"sequence": 6, "time": moment, "source": "Bob", "message": "6"}

    conversation.receive(welcome(6) + session_line("message", **data), 99)

    said = [
        item for item in conversation.items_to_show() if isinstance(item, ChatMessage)
    ]
    assert [(item.text, item.time) for item in said] == [("6", moment)]


def test_a_gap_that_was_cut_off_is_asked_for_again() -> None:
    conversation = client()
    joined(conversation)
    lose(conversation, 1)
    conversation.connected(2)
    conversation.receive(welcome(9, epoch="f", recovered=False), 2)
    sent(conversation)

    lose(conversation, 3)
    conversation.connected(4)

    place = {"epoch": "e", "sequence": 5}
    assert hello(conversation)["resume"] == {"lobby": place}


def test_who_has_no_name_asks_for_none_when_it_comes_back() -> None:
    conversation = client()
    joined(conversation, you="127.0.0.1:57354")

    lose(conversation, 1)
    conversation.connected(2)

    assert "name" not in hello(conversation)


def test_a_name_that_was_refused_is_asked_for_again() -> None:
    conversation = client(name="Ann")
    joined(conversation, you="127.0.0.1:57354")

    lose(conversation, 1)
    conversation.connected(2)

    assert hello(conversation)["name"] == "Ann"


def test_a_new_name_is_taken_along() -> None:
    conversation = client(name="Ann")
    joined(conversation)
    conversation.receive(session_line("renamed", name="Ann", to="Anna"), 1)

    lose(conversation, 1)
    conversation.connected(2)

    assert hello(conversation)["name"] == "Anna"


def test_a_name_on_its_way_when_the_connection_broke_is_asked_for_again() -> None:
    conversation = client(name="Ann")
    joined(conversation)
    for name in ("Anna", "Anne"):
        conversation.submit_line(f"/setname {name}", 1)
    sent(conversation)

    conversation.receive(session_line("renamed", name="Ann", to="Anna"), 1)
    lose(conversation, 1)
    conversation.connected(2)

    assert hello(conversation)["name"] == "Anne"


def test_a_new_name_that_was_refused_is_not_asked_for_again() -> None:
    conversation = client(name="Ann")
    joined(conversation)
    for name in ("Anna", "Bob"):
        conversation.submit_line(f"/setname {name}", 1)
    sent(conversation)

    conversation.receive(session_line("renamed", name="Ann", to="Anna"), 1)
    conversation.receive(session_line("error", code="name_taken", reason="taken"), 1)
    lose(conversation, 1)
    conversation.connected(2)

    assert hello(conversation)["name"] == "Anna"


def test_a_name_refused_on_return_leaves_us_the_one_of_before() -> None:
    conversation = client(name="Ann")
    joined(conversation)
    conversation.submit_line("/setname Bob", 1)
    sent(conversation)
    lose(conversation, 1)
    conversation.connected(99)
    conversation.receive(welcome(5, you="127.0.0.1:57354"), 99)
    assert hello(conversation)["name"] == "Bob"

    conversation.receive(session_line("error", code="name_taken", reason="taken"), 99)

    assert texts(conversation) == ["taken"]
    assert sent(conversation) == [("set-name", "Ann")]


def test_the_answer_to_hello_is_not_taken_for_that_to_a_new_name() -> None:
    conversation = client(name="Ann")
    joined(conversation, you="127.0.0.1:57354")
    conversation.submit_line("/setname Anna", 1)
    conversation.receive(
        session_line("error", code="name_taken", reason="Ann is taken"), 1
    )

    lose(conversation, 1)
    conversation.connected(2)

    assert hello(conversation)["name"] == "Anna"


def test_a_server_that_ignores_hello_is_told_the_name() -> None:
    conversation = client(name="Kobzol")
    sent(conversation)

    conversation.receive(ENTERED, 0)

    assert sent(conversation) == [("set-name", "Kobzol")]


def test_the_name_is_told_before_the_first_line() -> None:
    conversation = client(name="Kobzol")
    sent(conversation)

    conversation.submit_line("hi", 0)
    conversation.receive(ENTERED, 0)
    assert sent(conversation) == [("set-name", "Kobzol")]
    conversation.receive(plain_message("[Server]", "you renamed to Kobzol"), 0)

    assert sent(conversation) == [("message", "hi")]


@pytest.mark.parametrize("codes", [["same_name"], ["name_taken", "name_taken"]])
def test_one_answer_to_a_name_is_shown_at_the_most(codes: list[str]) -> None:
    conversation = client(name="Ann")
    conversation.submit_line("hi", 0)
    sent(conversation)
    conversation.receive(welcome(0), 0)

    for code in codes:
        conversation.receive(session_line("error", code=code, reason=code), 0)
    conversation.receive(session_line("error", code="name_taken", reason="another"), 0)

    assert texts(conversation) == [*codes[1:], "another"]


@pytest.mark.parametrize("wait", ["1" + "0" * 400, "1e300", "86401"])
def test_a_wait_without_end_is_a_day(wait: str) -> None:
    line = f'{{"type": "bye", "data": {{"code": "c", "retry_after": {wait}}}}}'

    assert decode(line.encode()) == Bye("c", "", 86_400.0)


@pytest.mark.parametrize(
    ("asked", "wait"), [(45, 45), (86_400, MAX_RETRY_AFTER), (-9, 0)]
)
def test_a_wait_that_is_asked_for_is_kept_and_spread(asked: int, wait: float) -> None:
    conversation = client()
    joined(conversation)

    conversation.receive(
        session_line("bye", code="server_stopping", retry_after=asked), 1
    )
    conversation.disconnected(1)

    assert conversation.deadline == 1 + wait + 0.25


def test_a_welcome_may_come_late() -> None:
    conversation = client()
    sent(conversation)
    conversation.submit_line("hi", 0)
    conversation.tick(WELCOME_TIMEOUT)
    conversation.receive(welcome(5), WELCOME_TIMEOUT + 1)

    conversation.submit_line("ho", 2)

    assert sent(conversation)[-1] == ("message", {"message": "ho", "id": "2"})


def test_one_who_welcomed_us_and_says_nothing_now_is_lost() -> None:
    conversation = client()
    joined(conversation)
    lose(conversation, 1)
    conversation.connected(2)
    conversation.submit_line("hi", 2)

    conversation.tick(2 + RESUME_TIMEOUT)

    assert conversation.is_offline
    assert [kind for kind, _ in sent(conversation)] == []


def test_ends_before_a_word_are_no_news_and_hello_is_said_again() -> None:
    conversation = client()
    joined(conversation)

    for now in range(1, 4):
        lose(conversation, now)
        conversation.connected(now)
        assert hello(conversation)["resume"]
    conversation.receive(welcome(7), 4)

    disconnected, _, note = conversation.items_to_show()
    assert disconnected == Disconnected(is_last=False)
    assert note == Note("Reconnected after 4 s, 2 messages caught up")


def test_one_who_is_gone_did_not_end_for_our_hello() -> None:
    conversation = client()
    conversation.submit_line("hi", 0)
    sent(conversation)

    lose(conversation, 1)
    conversation.connect_failed("nobody is there", 1)
    lose(conversation, 1)
    conversation.connected(2)
    conversation.receive(welcome(5), 2)

    assert [kind for kind, _ in sent(conversation)] == ["hello"]
    assert "1 of your lines is possibly stored already and not sent again" in notes(
        conversation
    )
    assert conversation.exit_code == ExitCode.LOST


def test_one_who_drops_us_without_hello_too_hears_it_again() -> None:
    conversation = client()
    sent(conversation)

    lose(conversation, 1)
    conversation.connected(1)
    assert sent(conversation) == []
    lose(conversation, 1)
    conversation.connected(2)

    assert hello(conversation)


def test_who_comes_back_without_hello_has_not_been_away() -> None:
    conversation = client()
    sent(conversation)

    lose(conversation, 1)
    conversation.connected(1)
    conversation.receive(ENTERED + plain_message("a", "1"), 1)

    assert not any(isinstance(item, Note) for item in conversation.items_to_show())


@pytest.mark.parametrize("interactive", [False, True])
def test_a_plain_server_is_not_told_again_what_may_be_kept(interactive: bool) -> None:
    conversation = client(interactive=interactive)
    joined(conversation)
    conversation.submit_line("hi", 1)
    sent(conversation)

    lose(conversation, 2)
    conversation.connected(3)
    sent(conversation)
    conversation.receive(ENTERED, 3)
    conversation.tick(3 + RESUME_PLAIN_TIMEOUT)
    told = sent(conversation)
    conversation.submit_line("", 3 + RESUME_PLAIN_TIMEOUT)

    assert told == []
    assert sent(conversation) == ([("message", "hi")] if interactive else [])
    assert conversation.exit_code == (
        ExitCode.SUCCESS if interactive else ExitCode.LOST
    )


def test_a_line_of_which_nobody_knows_is_sent_again() -> None:
    conversation = client()
    joined(conversation)
    conversation.submit_line("hi", 1)
    line = sent(conversation)

    conversation.receive(
        session_line("error", code="outcome_unknown", reason="x", id="1"), 1
    )
    lose(conversation, 1)
    conversation.connected(2)
    sent(conversation)
    conversation.receive(welcome(5), 2)

    assert sent(conversation) == line
    assert conversation.exit_code == ExitCode.SUCCESS


def test_blank_lines_of_a_pipe_hurry_nothing() -> None:
    conversation, hasty = client(), client(interactive=True)
    for each in (conversation, hasty):
        joined(each)
        each.disconnected(1)
        each.submit_line("", 1)

    assert not conversation.wants_connection
    assert hasty.wants_connection


def test_a_person_cannot_type_without_bound_while_nobody_is_there() -> None:
    conversation = client(interactive=True)
    joined(conversation)
    conversation.disconnected(1)

    count = 0
    while count <= MAX_SIZE // 16_000 and conversation.submit_line("x" * 16_000, 1):
        count += 1
        conversation.items_to_show()

    (note,) = conversation.items_to_show()
    assert note == Note("Not sent: too much waits to be sent already")


def test_a_server_that_says_nothing_is_told_so_much_before_it_is_known() -> None:
    conversation = client()
    sent(conversation)

    for _ in range(MAX_PROVISIONAL + 9):
        conversation.submit_line("hi", 1)
    assert len(sent(conversation)) == MAX_PROVISIONAL
    assert conversation.deadline == REJECTION_WINDOW
    conversation.tick(REJECTION_WINDOW)

    assert len(sent(conversation)) == 9


def test_a_line_refused_by_a_server_that_stops_is_sent_once_by_its_id() -> None:
    conversation = client()
    joined(conversation)
    conversation.submit_line("hi", 1)
    line = sent(conversation)

    conversation.receive(session_line("error", code="stopping", reason="x", id="1"), 1)
    again = sent(conversation)
    lose(conversation, 1)
    conversation.connected(2)
    sent(conversation)
    conversation.receive(welcome(5), 2)

    assert texts(conversation) == []
    assert again == []
    assert sent(conversation) == line
    assert conversation.exit_code == ExitCode.SUCCESS


def test_a_plain_server_is_told_what_another_refused_when_it_stopped() -> None:
    conversation = client()
    joined(conversation)
    conversation.submit_line("hi", 1)
    sent(conversation)
    conversation.receive(session_line("error", code="stopping", reason="x", id="1"), 1)

    lose(conversation, 1)
    conversation.connected(2)
    sent(conversation)
    conversation.receive(ENTERED, 2)
    conversation.tick(2 + RESUME_PLAIN_TIMEOUT)

    assert sent(conversation) == [("message", "hi")]
    assert conversation.exit_code == ExitCode.SUCCESS


def test_who_does_not_come_back_is_told_that_a_line_is_refused() -> None:
    conversation = client(reconnects=False)
    joined(conversation)
    conversation.submit_line("hi", 1)
    sent(conversation)

    conversation.receive(
        session_line("error", code="stopping", reason="no more", id="1"), 1
    )
    conversation.disconnected(1)

    assert texts(conversation) == ["no more"]
    assert conversation.exit_code == ExitCode.REFUSED


def test_a_server_that_is_full_is_no_reason_to_say_no_hello() -> None:
    full = plain_message("[Server]", "the server is full (2 users); try again later")
    conversation = client()
    sent(conversation)
    told = []
    for now in range(1, 4):
        conversation.receive(full, now)
        conversation.disconnected(now)
        assert conversation.is_offline
        assert not conversation.wants_connection, "nor to come back at once"
        conversation.tick(now + 60)
        conversation.begin_attempt()
        conversation.connected(now)
        assert hello(conversation)
        told += conversation.items_to_show()
    conversation.receive(welcome(0), 9)

    assert [item.text for item in told if isinstance(item, ChatMessage)] == [
        "the server is full (2 users); try again later"
    ], "once"
    assert not any(isinstance(item, Note) for item in told)
    assert notes(conversation) == ["Reconnected after 8 s"]


def test_who_comes_back_to_a_full_server_is_told_so_once() -> None:
    full = plain_message("[Server]", "the server is full (2 users); try again later")
    conversation = client(interactive=True)
    joined(conversation)
    for now in (10, 20):
        lose(conversation, now)
        conversation.connected(now)
        conversation.receive(full, now)
    conversation.disconnected(21)

    assert texts(conversation) == ["the server is full (2 users); try again later"]
    conversation.submit_line("", 22)
    assert conversation.wants_connection, "Enter tries at once"
