"""Messages are erased: by the user, and by others."""

import pytest

from parlour.client.protocol.display_items import (
    Answer,
    ChatMessage,
    Note,
    ProtocolLine,
)
from parlour.client.protocol.order_handler import NOT_REACHED
from parlour.client.protocol.order_items import MessageErased, OrderDone
from parlour.client.protocol.order_requests import Erase
from parlour.client.protocol.requests import AskHistory
from parlour.client.protocol.server_events import ERASED, Unknown
from parlour.client.protocol.session_decoder import decode
from tests.client.protocol.library_client import LibraryClient
from tests.client.server_lines import room, session_line

TIME = "2023-11-14T22:13:20Z"


@pytest.fixture
def client() -> LibraryClient:
    """Return the client of Ann, who is in two rooms."""
    client = LibraryClient("lobby", "dev")
    client.enter(room("lobby"), room("dev"))
    return client


def said(sequence: int, text: str = "hi", **more: object) -> bytes:
    data = {"room": "dev", "sequence": sequence, "source": "Bob", "time": TIME}
    return session_line("message", message=text, **data, **more)


def erased(sequence: int, target: int = 1, *, by: str = "Ann", **more: object) -> bytes:
    data = {"room": "dev", "sequence": sequence, "time": TIME, "target": target}
    return session_line("erased", by=by, name="Bob", **data, **more)


def test_an_erasure_is_shown(client: LibraryClient) -> None:
    line = erased(2, by="Cat")

    items = client.receive(said(1), line)

    assert items[-1] == MessageErased("dev", 1, "Cat", "Bob", TIME, line.rstrip())


def test_an_erasure_of_the_user_answers_the_request(client: LibraryClient) -> None:
    client.request(Erase("dev", name="Bob"))

    *_, note = client.receive(said(1), erased(2))

    assert note == Note(NOT_REACHED, "dev")
    assert client.outbox.is_empty


def test_an_erasure_of_somebody_else_answers_no_request(client: LibraryClient) -> None:
    client.request(Erase("dev", name="Bob"))

    client.receive(said(1), erased(2, by="Cat"))

    assert not client.outbox.is_empty


def test_the_pong_says_that_a_message_elsewhere_is_erased(
    client: LibraryClient,
) -> None:
    client.request(Erase("ops", 4))

    items = client.receive(session_line("pong", token="done?1"))

    assert items[-1] == OrderDone(Erase("ops", 4))


def test_the_cursor_advances_at_an_erasure(client: LibraryClient) -> None:
    client.receive(said(1), erased(2))

    again = client.receive(said(1), erased(2), said(2))

    assert [type(each) for each in again] == []


def test_an_erasure_in_another_room_is_for_programs_only(
    client: LibraryClient,
) -> None:
    line = session_line("erased", room="ops", sequence=2, target=1, by="Cat")

    assert client.receive(line) == [ProtocolLine(line.rstrip())]


def test_an_erased_message_is_shown_without_its_text(client: LibraryClient) -> None:
    (item,) = client.receive(said(1, "", erased=True))

    assert isinstance(item, ChatMessage)
    assert (item.source, item.text, item.sequence) == ("Bob", ERASED, 1)


def test_a_server_cannot_show_a_text_as_erased(client: LibraryClient) -> None:
    (item,) = client.receive(said(1, "still here", erased=True))

    assert isinstance(item, ChatMessage)
    assert item.text == ERASED


def test_an_erased_message_of_a_page_has_no_text(client: LibraryClient) -> None:
    client.request(AskHistory(room="dev"))
    messages = [
        {"sequence": 1, "source": "Bob", "message": "", "erased": True, "time": TIME},
        {"sequence": 3, "source": "Bob", "message": "hi", "time": TIME},
    ]

    (answer,) = client.receive(
        session_line("history", room="dev", messages=messages, more=False)
    )

    assert isinstance(answer, Answer)
    assert [row.text for row in answer.rows[1:]] == [ERASED, "hi"]


@pytest.mark.parametrize(
    "data",
    [
        {"sequence": -1, "target": 1},
        {"sequence": 2, "target": -1},
        {"sequence": 2},
        {"target": 1},
        {"sequence": "2", "target": 1},
        {"sequence": True, "target": 1},
    ],
)
def test_an_erasure_with_wrong_numbers_is_no_event(data: dict[str, object]) -> None:
    assert decode(session_line("erased", room="dev", **data)) == Unknown()
