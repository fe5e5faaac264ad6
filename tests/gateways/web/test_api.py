"""The JSON API: users and messages."""

import pytest
from flask.testing import FlaskClient

from parlour.core.events import User
from parlour.core.roles import Role
from parlour.core.storage import StorageError
from tests.gateways.web.fake_chat import EPOCH, NOON, FakeChat


def sequences(client: FlaskClient, query: str) -> list[int]:
    body = client.get(f"/api/messages{query}").get_json()
    return [message["sequence"] for message in body["messages"]]


def test_messages_are_objects_of_the_session_dialect(
    chat: FakeChat, client: FlaskClient
) -> None:
    chat.send("Romeo", "dobrý <den>")

    assert client.get("/api/messages").get_json() == {
        "room": "lobby",
        "epoch": EPOCH,
        "messages": [
            {
                "room": "lobby",
                "sequence": 1,
                "time": "2023-11-15T12:00:00.000000Z",
                "source": "Romeo",
                "message": "dobrý <den>",
            }
        ],
        "more": False,
    }


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("", range(51, 151)),
        ("?limit=2", [149, 150]),
        ("?before=10&limit=3", [7, 8, 9]),
        ("?after=10&limit=3", [11, 12, 13]),
        ("?after=0&limit=2", [1, 2]),
        ("?after=149", [150]),
        ("?after=150", []),
        ("?limit=1000", range(1, 151)),
    ],
)
def test_messages_before_and_after_a_sequence_can_be_listed(
    query: str, wanted: list[int], chat: FakeChat, client: FlaskClient
) -> None:
    chat.send("Romeo", *map(str, range(1, 151)))

    assert sequences(client, query) == list(wanted)


def test_a_message_after_the_snapshot_is_not_listed(
    chat: FakeChat, client: FlaskClient
) -> None:
    chat.send("Romeo", "one")
    chat.late = ["two"]

    assert sequences(client, "?after=0") == [1]


def test_more_is_true_if_there_are_messages_in_that_direction(
    chat: FakeChat, client: FlaskClient
) -> None:
    chat.send("Romeo", "one", "two", "three")

    more = [
        client.get(f"/api/messages?{query}").get_json()["more"]
        for query in ("limit=2", "limit=3", "after=1&limit=1", "after=1&limit=2")
    ]

    assert more == [True, False, True, False]


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("limit=٣", '"limit" must be a whole number from 1 to 1,000.'),
        ("limit=+5", '"limit" must be a whole number from 1 to 1,000.'),
        ("limit=%2B5", '"limit" must be a whole number from 1 to 1,000.'),
        ("limit=1e3", '"limit" must be a whole number from 1 to 1,000.'),
        ("limit=05", '"limit" must be a whole number from 1 to 1,000.'),
        ("limit=5&limit=6", '"limit" must be given only once.'),
        ("limit=0", '"limit" must be a whole number from 1 to 1,000.'),
        ("limit=1001", '"limit" must be a whole number from 1 to 1,000.'),
        ("after=x", '"after" must be a whole number from 0 to 9,007,199,254,740,991.'),
        ("before=1&after=1", '"before" and "after" must not be given together.'),
    ],
)
def test_an_invalid_parameter_is_an_error_in_json(
    query: str, reason: str, client: FlaskClient
) -> None:
    response = client.get(f"/api/messages?{query}")

    assert response.status_code == 400
    assert response.get_json() == {"error": {"code": "bad_query", "reason": reason}}


def test_a_failure_is_an_error_in_json(chat: FakeChat, client: FlaskClient) -> None:
    chat.failure = StorageError("history_damaged", "it is damaged")

    response = client.get("/api/users")

    assert response.status_code == 503
    assert response.get_json()["error"]["code"] == "history_damaged"
    assert client.get("/api/nothing").get_json()["error"]["code"] == "not_found"


def test_users_are_objects_of_the_session_dialect(
    chat: FakeChat, client: FlaskClient
) -> None:
    chat.users = User("Ada", NOON, Role.OWNER), User("Romeo", NOON, Role.MEMBER)

    since = "2023-11-15T12:00:00.000000Z"
    assert client.get("/api/users").get_json() == {
        "room": "lobby",
        "users": [
            {"name": "Ada", "since": since, "role": "owner"},
            {"name": "Romeo", "since": since},
        ],
        "more": False,
    }


def test_a_long_list_of_users_is_split_into_pages(
    chat: FakeChat, client: FlaskClient
) -> None:
    names = [f"{each:05}" + "\U0001f600" * 27 for each in range(2000)]
    chat.set_users(names)
    found: list[str] = []
    query, more = "", True

    while more:
        response = client.get(f"/api/users{query}")
        assert len(response.data) < 300_000
        body = response.get_json()
        found += [user["name"] for user in body["users"]]
        query, more = f"?after={found[-1]}", body["more"]

    assert found == names


def test_a_list_of_messages_is_limited_by_its_json_size(
    chat: FakeChat, client: FlaskClient
) -> None:
    chat.send("Romeo", *["\x01" * 4000] * 100)

    newest = client.get("/api/messages?limit=1000")
    oldest = client.get("/api/messages?limit=1000&after=0")

    for response in (newest, oldest):
        assert 200_000 < len(response.data) < 300_000
        assert response.get_json()["more"]
    assert newest.get_json()["messages"][-1]["sequence"] == 100
    assert oldest.get_json()["messages"][0]["sequence"] == 1


def test_other_rooms_have_users_and_messages_of_their_own(
    chat: FakeChat, client: FlaskClient
) -> None:
    chat.open_room("dev")
    chat.send("Romeo", "in the lobby")
    chat.send("Romeo", "in the other room", room="dev")
    chat.set_users(["Romeo"])

    messages = client.get("/api/messages?room=Dev").get_json()
    users = client.get("/api/users?room=dev").get_json()

    assert messages["room"] == users["room"] == "dev"
    assert [each["message"] for each in messages["messages"]] == ["in the other room"]
    assert messages["messages"][0]["room"] == "dev"
    assert [each["name"] for each in users["users"]] == ["Romeo"]


@pytest.mark.parametrize("address", ["/api/users", "/api/messages"])
def test_a_room_that_is_not_open_is_an_error_in_json(
    address: str, client: FlaskClient
) -> None:
    closed = client.get(f"{address}?room=ops")
    invalid = client.get(f"{address}?room=direct:0123456789abcdef")

    error = {"code": "no_such_room", "reason": "#ops is not open"}
    assert (closed.status_code, closed.get_json()) == (404, {"error": error})
    assert invalid.status_code == 400
    assert invalid.get_json()["error"]["code"] == "bad_room_name"


def test_open_rooms_are_listed_with_topics_and_numbers_of_users(
    chat: FakeChat, client: FlaskClient
) -> None:
    chat.open_room("dev", "what we build")
    chat.open_room("ops")
    chat.set_users(["Juliet", "Romeo"])

    first = client.get("/api/rooms?limit=1").get_json()
    others = client.get("/api/rooms?after=dev").get_json()

    dev = {"room": "dev", "topic": "what we build", "users": 2}
    assert first == {"rooms": [dev], "more": True}
    assert [each["room"] for each in others["rooms"]] == ["lobby", "ops"]
    assert not others["more"]
