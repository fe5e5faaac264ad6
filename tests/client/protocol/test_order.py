"""The client keeps order, and hears how others do."""

import pytest

from parlour.client.protocol.display_items import DisplayItem, Note, Refusal
from parlour.client.protocol.order_handler import NO_MODERATORS, NOT_ANSWERED
from parlour.client.protocol.order_items import (
    Act,
    ActList,
    AnnouncementMade,
    OrderDone,
    OrderItem,
    SanctionList,
    SanctionRow,
)
from parlour.client.protocol.order_requests import (
    Announce,
    AskActs,
    AskSanctions,
    AskWhy,
    Ban,
    Erase,
    Kick,
    Mute,
    OrderCommand,
    OrderRequest,
    SetRole,
    SetRoom,
    Unban,
    Unmute,
)
from parlour.client.protocol.requests import Credentials, Say
from parlour.client.protocol.secret import Secret
from parlour.client.protocol.server_events import LoggedAct
from tests.client.protocol.library_client import LibraryClient, texts
from tests.client.server_lines import (
    error,
    room,
    session_line,
    welcome,
    welcome_to_rooms,
)

COMMANDS: list[tuple[OrderCommand, str, dict[str, object]]] = [
    (Kick("dev", "Bob", "noise"), "kick", {"name": "Bob", "reason": "noise"}),
    (Mute("dev", "Bob", 600), "mute", {"name": "Bob", "seconds": 600}),
    (Unmute("dev", "Bob"), "unmute", {"name": "Bob"}),
    (Ban("dev", "Bob"), "ban", {"name": "Bob"}),
    (Unban("dev", "3"), "unban", {"name": "3"}),
    (Unban("dev", number=3), "unban", {"number": 3}),
    (Unmute("dev", number=3), "unmute", {"number": 3}),
    (SetRoom("dev", locked=False), "set", {"locked": False}),
    (SetRoom("dev", slow=0), "set", {"slow": 0}),
    (SetRole("dev", "Bob", "moderator"), "role", {"name": "Bob", "role": "moderator"}),
    (Erase("dev", 41), "erase", {"sequence": 41}),
    (Erase("dev", name="Bob"), "erase", {"name": "Bob"}),
]
ACTS: list[tuple[OrderCommand, str]] = [
    (Kick("dev", "Bob"), "kick"),
    (Mute("dev", "Bob"), "mute"),
    (Unmute("dev", "Bob"), "unmute"),
    (Ban("dev", "Bob"), "ban"),
    (Unban("dev", "Bob"), "unban"),
    (SetRoom("dev", locked=True), "lock"),
    (SetRoom("dev", locked=False), "unlock"),
    (SetRoom("dev", slow=5), "slow"),
    (SetRole("dev", "Bob", "owner"), "owner"),
]
ABOUT: list[tuple[OrderRequest, str]] = [
    *((request, kind) for request, kind, _ in COMMANDS),
    (Announce("hi"), "announce"),
    (AskSanctions("dev"), "sanctions"),
    (AskActs("dev", 20), "audit"),
    (AskWhy(), "why"),
]
ON_SERVER: list[OrderCommand] = [
    Mute(None, "Bob"),
    Unmute(None, "Bob"),
    Ban(None, "Bob", 60, "spam"),
    Unban(None, "Bob"),
    SetRole(None, "Bob", "admin"),
]


@pytest.fixture
def client() -> LibraryClient:
    """Return the client of Ann, who is in two rooms."""
    client = LibraryClient("lobby", "dev")
    client.enter(room("lobby"), room("dev"))
    return client


def act(action: str, *, by: str = "Ann", where: str = "dev", **more: object) -> bytes:
    return session_line("act", room=where, action=action, by=by, **more)


def announcement(where: str, text: str = "back at noon", by: str = "Ada") -> bytes:
    return session_line("announcement", room=where, text=text, by=by)


def pong(number: int) -> bytes:
    return session_line("pong", token=f"done?{number}")


def about_order(items: list[DisplayItem]) -> list[DisplayItem]:
    return [item for item in items if isinstance(item, OrderItem | Refusal | Note)]


# -- requests --------------------------------------------------------------------


@pytest.mark.parametrize(("request_", "kind", "data"), COMMANDS)
def test_a_command_is_sent_with_its_room_and_a_ping_after_it(
    client: LibraryClient, request_: OrderCommand, kind: str, data: dict[str, object]
) -> None:
    sent = client.request(request_)

    assert sent == [(kind, {"room": "dev", **data}), ("ping", {"token": "done?1"})]


@pytest.mark.parametrize("request_", ON_SERVER)
def test_a_command_for_the_whole_server_names_no_room(
    client: LibraryClient, request_: OrderCommand
) -> None:
    (_, data), _ = client.request(request_)

    assert isinstance(data, dict)
    assert "room" not in data
    assert data["name"] == "Bob"


def test_questions_are_sent_without_a_ping(client: LibraryClient) -> None:
    sent = client.request(AskSanctions("dev"), AskSanctions(None), AskWhy())

    assert sent == [("sanctions", {"room": "dev"}), ("sanctions", {}), ("why", {})]


def test_acts_are_asked_for(client: LibraryClient) -> None:
    sent = client.request(AskActs("dev", 20), AskActs(None, 5))

    assert sent == [("audit", {"room": "dev", "limit": 20}), ("audit", {"limit": 5})]


# -- answers ---------------------------------------------------------------------


@pytest.mark.parametrize(("request_", "action"), ACTS)
def test_an_act_of_the_user_answers_the_request(
    client: LibraryClient, request_: OrderCommand, action: str
) -> None:
    client.request(request_)

    client.receive(act(action))

    assert client.outbox.is_empty


def test_an_act_of_somebody_else_answers_no_request(client: LibraryClient) -> None:
    client.request(Kick("dev", "Bob"))

    client.receive(act("kick", by="Cat", name="Eve"))

    assert not client.outbox.is_empty


@pytest.mark.parametrize("request_", ON_SERVER)
def test_the_pong_says_that_a_command_for_the_server_is_carried_out(
    client: LibraryClient, request_: OrderCommand
) -> None:
    client.request(request_)

    items = client.receive(pong(1))

    assert about_order(items) == [OrderDone(request_)]
    assert client.outbox.is_empty


@pytest.mark.parametrize(
    "request_", [Kick("dev", "Bob"), Mute("dev", "Bob"), Unban("dev", "Bob")]
)
def test_the_pong_says_nothing_before_an_act_that_the_room_is_told(
    client: LibraryClient, request_: OrderCommand
) -> None:
    client.request(request_)

    items = client.receive(pong(1))

    assert about_order(items) == []
    assert client.outbox.is_empty


def test_the_pong_says_that_nothing_had_to_be_changed(client: LibraryClient) -> None:
    client.request(SetRoom("dev", locked=True))

    items = client.receive(pong(1))

    assert about_order(items) == [OrderDone(SetRoom("dev", locked=True))]


def test_the_pong_says_nothing_after_another_answer(client: LibraryClient) -> None:
    client.request(Kick("dev", "Bob"), Kick("dev", "Eve"))

    items = client.receive(
        act("kick", name="Bob"), pong(1), error("no_such_user", about="kick"), pong(2)
    )

    assert [type(item) for item in about_order(items)] == [Act, Refusal]
    assert client.outbox.is_empty


@pytest.mark.parametrize("token", ["done?", "done?9", "done?x", "done?²"])
def test_the_pong_of_an_unknown_command_is_ignored(
    client: LibraryClient, token: str
) -> None:
    client.request(Kick("dev", "Bob"))

    assert about_order(client.receive(session_line("pong", token=token))) == []
    assert not client.outbox.is_empty


@pytest.mark.parametrize(("request_", "about"), ABOUT)
def test_a_refusal_answers_the_request(
    client: LibraryClient, request_: OrderRequest, about: str
) -> None:
    client.request(request_)

    items = client.receive(error("not_allowed", about=about))

    assert [each for _, each in texts(items)] == ["not_allowed"]
    assert client.outbox.is_empty
    is_question = isinstance(request_, AskSanctions | AskActs | AskWhy)
    assert client.outbox.has_refused is not is_question


@pytest.mark.parametrize("code", ["muted", "locked", "too_fast"])
def test_a_line_that_may_not_be_said_is_refused(
    client: LibraryClient, code: str
) -> None:
    client.request(Say("hi", "dev"))

    items = client.receive(error(code, id="1", room="dev", about="message"))

    assert texts(items) == [("dev", code)]
    assert client.outbox.is_empty
    assert client.outbox.has_refused


def test_a_server_that_does_not_know_moderators_says_so(client: LibraryClient) -> None:
    client.request(Kick("dev", "Bob"))

    items = client.receive(error("unknown_type"))

    assert [each for _, each in texts(items)] == [NO_MODERATORS]
    assert client.outbox.is_empty


def test_a_server_with_one_room_gets_no_such_request() -> None:
    client = LibraryClient()
    client.receive(welcome(0))
    client.sent()

    assert client.request(Kick("lobby", "Bob")) == []
    assert [each for _, each in texts(client.shown())] == [NO_MODERATORS]


def test_a_command_without_an_answer_is_not_sent_again(client: LibraryClient) -> None:
    client.request(Kick("dev", "Bob"), AskWhy())

    client.reconnect()
    items = client.shown()
    client.receive(welcome_to_rooms(), room("lobby"), room("dev"))

    assert [item for item in items if isinstance(item, Note)] == [Note(NOT_ANSWERED)]
    assert "kick" not in (kinds := [kind for kind, _ in client.sent()])
    assert "why" in kinds


def test_a_command_without_an_answer_counts_as_lost(client: LibraryClient) -> None:
    client.request(Kick("dev", "Bob"), Announce("hi"))
    client.connection.ended(2.0)

    assert client.connection.go_offline() == 2


# -- what others do --------------------------------------------------------------


def test_an_act_is_shown_with_its_end_and_reason(client: LibraryClient) -> None:
    line = act("mute", name="Bob", until="2026-11-27T12:00:00Z", reason="noise")

    items = client.receive(line)

    until = 1_795_780_800.0
    assert items == [Act("dev", "mute", "Ann", "Bob", until, "noise", line[:-1])]


@pytest.mark.parametrize("until", ["soon", 5])
def test_an_end_that_is_no_time_is_left_out(
    client: LibraryClient, until: object
) -> None:
    (item,) = client.receive(act("mute", name="Bob", until=until))

    assert isinstance(item, Act)
    assert item.until is None


@pytest.mark.parametrize(
    "line",
    [act("promote", name="Bob"), act("kick", where="ops"), act("kick", where="x" * 65)],
)
def test_an_act_that_the_client_does_not_know_is_not_shown(
    client: LibraryClient, line: bytes
) -> None:
    assert about_order(client.receive(line)) == []


def test_an_announcement_is_shown_once_for_all_rooms(client: LibraryClient) -> None:
    items = client.receive(announcement("dev"), announcement("lobby"))

    line = announcement("dev")[:-1]
    shown = AnnouncementMade("announcement by Ada: back at noon", line)
    assert about_order(items) == [shown]


def test_two_announcements_may_arrive_room_by_room(client: LibraryClient) -> None:
    items = client.receive(
        *(announcement("dev", "one"), announcement("dev", "two")),
        *(announcement("lobby", "one"), announcement("lobby", "two")),
    )

    assert [item.text[-3:] for item in items if isinstance(item, AnnouncementMade)] == [
        "one",
        "two",
    ]


def test_an_announcement_that_is_repeated_is_shown_again(client: LibraryClient) -> None:
    both = announcement("dev"), announcement("lobby")
    client.receive(*both)

    assert len(about_order(client.receive(*both))) == 1


def test_an_announcement_of_the_user_answers_the_request(client: LibraryClient) -> None:
    client.request(Announce("hi"))

    client.receive(announcement("dev", "hi", by="Ann"))

    assert client.outbox.is_empty


SANCTION = {
    "number": 3,
    "kind": "ban",
    "name": "198.51.100.7/32",
    "since": "2026-11-27T12:00:00Z",
    "by": "Ada",
    "until": "2026-11-28T12:00:00Z",
    "reason": "spam",
}
ROW = SanctionRow(
    *(3, "ban", "", "198.51.100.7/32", "Ada", "2026-11-28T12:00:00Z", "spam")
)


@pytest.mark.parametrize(
    ("request_", "kind", "place", "is_own"),
    [
        (AskSanctions("dev"), "sanctions", "dev", False),
        (AskSanctions(None), "sanctions", "", False),
        (AskWhy(), "why", "", True),
    ],
)
def test_sanctions_are_an_answer(
    client: LibraryClient,
    request_: OrderRequest,
    kind: str,
    place: str,
    is_own: bool,
) -> None:
    client.request(request_)
    line = session_line(kind, sanctions=[SANCTION, {"number": "x"}, 5])

    (item,) = client.receive(line)

    assert item == SanctionList((ROW,), line[:-1], place, is_own)
    assert client.outbox.is_empty


def test_a_list_of_sanctions_says_that_there_are_older_ones(
    client: LibraryClient,
) -> None:
    (sent,) = client.request(AskSanctions("dev", 3))
    assert sent == ("sanctions", {"room": "dev", "before": 3})

    (item,) = client.receive(session_line("sanctions", sanctions=[], more=True))

    assert isinstance(item, SanctionList)
    assert item.has_more


# -- who is banned ---------------------------------------------------------------


def test_any_error_in_place_of_a_welcome_refuses_the_sign_in() -> None:
    account = Credentials("ann", key=Secret("k" * 43))
    client = LibraryClient(interactive=True, credentials=account)
    client.sent()

    client.receive(error("a_new_code", about="hello"))

    assert client.connection.sign_in.is_refused


def test_a_bye_before_the_welcome_is_shown_and_ends_the_client() -> None:
    client = LibraryClient()
    client.sent()

    items = client.receive(session_line("bye", code="banned", reason="you are banned"))

    assert texts(items) == [("", "you are banned")]
    assert client.connection.forbids_reconnect
    assert not client.connection.ended(1.5), "hello was not the reason"


@pytest.mark.parametrize(("code", "is_shut_out"), [("banned", True), ("kicked", False)])
def test_who_is_removed_does_not_reconnect(
    client: LibraryClient, code: str, is_shut_out: bool
) -> None:
    client.receive(session_line("bye", code=code, reason="enough"))

    assert client.connection.forbids_reconnect
    assert client.connection.is_shut_out is is_shut_out


LOGGED = {
    "number": 3,
    "time": "2026-11-27T12:00:00Z",
    "room": "dev",
    "action": "mute",
    "by": "Ada",
    "name": "Bob",
    "until": "2026-11-28T12:00:00Z",
    "reason": "noise",
}


@pytest.mark.parametrize(
    ("request_", "place"), [(AskActs("dev", 20), "dev"), (AskActs(None, 20), "")]
)
def test_acts_are_an_answer(
    client: LibraryClient, request_: OrderRequest, place: str
) -> None:
    client.request(request_)
    line = session_line("audit", acts=[LOGGED, {"action": 5}, 5], more=True)

    (item,) = client.receive(line)

    act = LoggedAct(
        "2026-11-27T12:00:00Z", "dev", "mute", "Ada", "Bob", 1_795_867_200.0, "noise"
    )
    assert item == ActList((act,), has_more=True, line=line[:-1], room=place)
    assert client.outbox.is_empty


def test_a_page_of_acts_may_be_long(client: LibraryClient) -> None:
    client.request(AskActs("dev", 1_000))
    acts = [{**LOGGED, "reason": "x" * 200}] * 700

    (item,) = client.receive(session_line("audit", acts=acts))

    assert isinstance(item, ActList)
    assert len(item.acts) == 700
