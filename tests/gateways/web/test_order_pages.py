"""The pages on which moderators keep order, without scripts."""

import re
from collections.abc import Iterator
from html import unescape

import pytest

from tests.gateways.web.account_client import AccountClient, Response
from tests.gateways.web.clients import receive_event
from tests.gateways.web.order_browser import act, guest, hear, say
from tests.gateways.web.running_gateway import RunningGateway, run_gateway
from tests.server.clients import command_line
from tests.server.running_servers import serve_async, serve_threads

ACCOUNTS = ("Ada", "Ann", "Meg", "Pat")
DEV = "/r/dev/order"


@pytest.fixture(params=[serve_async, serve_threads], ids=["async", "threads"])
def gateway(request: pytest.FixtureRequest) -> Iterator[RunningGateway]:
    """Run a server with accounts; Ann owns the room dev."""
    with run_gateway(
        request.param, accounts=ACCOUNTS, admins=("Ada",), rooms=(("dev", 2),)
    ) as running:
        yield running


def lines_of(page: Response) -> str:
    """Return what a page says, without its tags."""
    main = page.text.partition("<main")[2]
    return unescape(" ".join(re.sub(r"<[^>]*>", " ", main).split()))


def test_a_moderator_mutes_somebody_for_some_time(
    gateway: RunningGateway, ann: AccountClient
) -> None:
    bob = guest(gateway)

    done = act(ann, "mute", whom="bob", time="10m", reason=" noise ")

    assert (done.status, done.header("Location")) == (303, f"{DEV}?done=mute")
    told = hear(bob, "act")
    assert (told["action"], told["by"], told["reason"]) == ("mute", "Ann", "noise")
    assert "until" in told
    page = lines_of(ann.get(f"{DEV}?done=mute"))
    assert "Done: the user is muted." in page
    assert re.search(
        r"Bob Muted until \w+ \d+ \w+ \d{4}, \d\d:\d\d , by Ann : noise", page
    )


def test_a_moderator_removes_and_bans_somebody(
    gateway: RunningGateway, ann: AccountClient
) -> None:
    bob = guest(gateway)

    assert act(ann, "kick", whom="Bob", reason="enough").status == 303
    assert hear(bob, "left") == {
        "room": "dev",
        "name": "Bob",
        "reason": "kicked",
        "you": True,
    }
    assert act(ann, "ban", whom="Bob").status == 303
    bob.send(command_line("join", room="dev"))
    assert hear(bob, "error")["reason"] == (
        "you are banned from #dev until somebody lifts it, by Ann"
    )


def test_a_moderator_lifts_a_sanction_by_its_number(
    gateway: RunningGateway, ann: AccountClient
) -> None:
    bob, one = guest(gateway), guest(gateway, "1")
    act(ann, "mute", whom="Bob")
    act(ann, "mute", whom="1")

    done = act(ann, "unmute", number="1")

    assert done.status == 303
    hear(one, "act"), hear(one, "act")
    assert hear(one, "act")["name"] == "Bob", "and not who is called so"
    assert hear(bob, "act")["action"] == "mute"
    page = lines_of(ann.get(DEV))
    assert "1 Muted until it is lifted, by Ann" in page
    assert "Bob" not in page


def test_a_moderator_locks_a_room_and_slows_it_down(
    gateway: RunningGateway, ann: AccountClient
) -> None:
    bob = guest(gateway)

    assert act(ann, "lock").status == 303
    assert hear(bob, "act")["action"] == "lock"
    assert "Locked: only moderators speak." in lines_of(ann.get(DEV))
    assert act(ann, "slow", slow="30").status == 303
    assert hear(bob, "act")["name"] == "30"
    assert 'value="30"' in ann.get(DEV).text
    assert act(ann, "unlock").status == 303
    assert "Everybody may speak." in lines_of(ann.get(DEV))


def test_a_moderator_sets_the_topic_of_a_room_and_removes_it(
    gateway: RunningGateway, ann: AccountClient
) -> None:
    bob = guest(gateway)
    say(ann, "dev", "hello")

    done = act(ann, "topic", topic=" release  on Friday ")

    assert done.header("Location") == f"{DEV}?done=topic"
    told = {"room": "dev", "topic": "release on Friday", "by": "Ann"}
    assert hear(bob, "topic") == told
    page = ann.get(f"{DEV}?done=topic")
    assert "Done: the topic is changed." in page.text
    assert 'value="release on Friday"' in page.text
    assert "release on Friday" in ann.get("/r/dev").text
    assert act(ann, "topic", topic="").status == 303
    assert hear(bob, "topic") == told | {"topic": ""}
    assert "release on Friday" not in ann.get(DEV).text


def test_a_form_that_sets_the_topic_is_not_seen_to_enter_the_room(
    gateway: RunningGateway, ann: AccountClient
) -> None:
    say(ann, "dev", "hello")
    bob = guest(gateway)

    assert act(ann, "topic", topic="quiet").status == 303

    bob.send(command_line("ping", token="x"))
    kinds = [receive_event(bob)[0] for _ in range(2)]
    assert kinds == ["topic", "pong"]


def test_only_those_in_a_room_have_the_form_for_its_topic(
    ann: AccountClient, ada: AccountClient
) -> None:
    assert "Set the topic" not in ada.get(DEV).text
    assert "Set the topic" not in ada.get("/server/order").text
    refused = act(ada, "topic", topic="gardens")
    assert refused.errors == {"form": "You are not in #dev."}

    say(ann, "dev", "hello")

    assert "Set the topic" in ann.get(DEV).text
    long = act(ann, "topic", topic="x" * 201)
    assert (long.status, long.errors) == (
        422,
        {"topic": "A topic has at most 200 characters; that one has 201."},
    )


def test_an_owner_appoints_a_moderator_who_appoints_nobody(
    gateway: RunningGateway, ann: AccountClient
) -> None:
    meg = AccountClient(gateway.port).sign_in("Meg")
    assert meg.get(DEV).status == 403
    assert act(ann, "role", whose="meg", role="moderator").status == 303

    page = meg.get(DEV)

    assert page.status == 200
    assert "Give the role" not in page.text
    refused = act(meg, "role", whose="Pat", role="moderator")
    assert refused.status == 403
    assert refused.errors == {"form": "Only owners may do that."}


def test_an_admin_keeps_order_on_the_whole_server(
    gateway: RunningGateway, ada: AccountClient
) -> None:
    bob = guest(gateway, room="lobby")

    assert act(ada, "announce", "", text="back at  nine").status == 303
    assert hear(bob, "announcement")["text"] == "back at nine"
    assert act(ada, "role", "", whose="Pat", role="moderator").status == 303
    assert act(ada, "mute", "", whom="Bob", time="forever").status == 303
    assert hear(bob, "why") != {"sanctions": []}
    assert act(ada, "ban", "", whom="Bob", time="2h", reason="spam").status == 303
    assert hear(bob, "bye")["code"] == "banned"
    page = lines_of(ada.get("/server/order"))
    assert page.index("Bob Banned until") < page.index("Bob Muted until it is lifted")


INCOMPLETE = {"form": "The form is incomplete; load the page again."}
WRONG_SLOW = {"slow": "Slow mode has from 0 to 3,600 whole seconds."}
WRONG_TIME = "A time is a number and a unit, such as 10m, 2h, 3d or 1w, or forever."
REFUSED: list[tuple[str, dict[str, str], dict[str, str]]] = [
    ("mute", {"whom": " "}, {"whom": "A name has at least one character."}),
    ("mute", {"whom": "nobody"}, {"whom": "Nobody of that name is here."}),
    ("mute", {"whom": "Bob", "time": "soon"}, {"time": WRONG_TIME}),
    ("mute", {"whom": "Bob", "time": "0m"}, {"time": WRONG_TIME}),
    (
        "kick",
        {"whom": "Bob", "reason": "x" * 201},
        {"reason": "A reason has at most 200 characters."},
    ),
    ("ban", {"whom": "127.0.0.1"}, {"whom": "This machine cannot be banned."}),
    ("kick", {"whom": "Pat"}, {"whom": "Nobody of that name is in #dev."}),
    ("slow", {"slow": "3601"}, WRONG_SLOW),
    ("slow", {"slow": "-1"}, WRONG_SLOW),
    (
        "role",
        {"whose": "nobody", "role": "owner"},
        {"whose": "There is no such account."},
    ),
    (
        "role",
        {"whose": "", "role": "owner"},
        {"whose": "A name has at least one character."},
    ),
]


@pytest.mark.parametrize(("what", "fields", "errors"), REFUSED)
def test_a_refused_form_is_shown_again_with_the_reason_beside_its_field(
    gateway: RunningGateway,
    ann: AccountClient,
    what: str,
    fields: dict[str, str],
    errors: dict[str, str],
) -> None:
    guest(gateway)

    refused = act(ann, what, **fields)

    assert (refused.status, refused.errors) == (422, errors)
    for value in fields.values():
        assert f'value="{value}"' in refused.text, "it is shown again"


@pytest.mark.parametrize(
    ("what", "fields"),
    [
        ("announce", {"text": "hi"}),
        ("erase", {}),
        ("erase", {"number": "x"}),
        ("", {}),
        ("unmute", {"number": "x"}),
        ("uninvite", {}),
        ("role", {"whose": "Pat", "role": "admin"}),
        ("mute", {"whom": "Bob", "id": "short"}),
    ],
)
def test_a_form_that_is_on_no_page_of_a_room_is_refused(
    ann: AccountClient, what: str, fields: dict[str, str]
) -> None:
    refused = act(ann, what, **fields)

    assert (refused.status, refused.errors) == (422, INCOMPLETE)


@pytest.mark.parametrize(
    "what", ["kick", "lock", "unlock", "slow", "topic", "close", "erase"]
)
def test_what_is_done_in_a_room_is_on_no_page_of_the_server(
    ada: AccountClient, what: str
) -> None:
    refused = act(ada, what, "", whom="Pat", slow="3", number="1")

    assert (refused.status, refused.errors) == (422, INCOMPLETE)


def test_the_link_to_the_page_is_for_those_who_may_use_it(
    gateway: RunningGateway, ann: AccountClient, ada: AccountClient
) -> None:
    pat = AccountClient(gateway.port).sign_in("Pat")
    link = f'<a href="{DEV}">Keep order</a>'

    assert link in ann.get("/r/dev").text
    assert link in ada.get("/r/dev").text
    assert 'order">Keep order</a>' not in ann.get("/").text
    assert '<a href="/order">Keep order</a>' in ada.get("/").text
    for each in (pat, AccountClient(gateway.port)):
        assert 'order">Keep order</a>' not in each.get("/r/dev").text
    assert '<a href="/server/order">' in ada.get(DEV).text
    assert "/server/order" not in ann.get(DEV).text


def test_the_pages_are_for_those_who_keep_order(
    gateway: RunningGateway, ann: AccountClient
) -> None:
    pat, stranger = AccountClient(gateway.port), AccountClient(gateway.port)
    pat.sign_in("Pat")

    for path in (DEV, "/order", "/server/order"):
        refused = pat.get(path)
        assert refused.status == 403
        assert "may do that." in refused.text
        sent = stranger.get(path)
        to = f"/sign-in?next={path.replace('/', '%2F')}"
        assert (sent.status, sent.header("Location")) == (303, to)
    assert ann.get("/server/order").status == 403
    assert ann.get("/r/none/order").status == 404
    moved = ann.get("/r/Dev/order")
    assert (moved.status, moved.header("Location")) == (301, DEV)
    moved = ann.get("/r/lobby/order")
    assert (moved.status, moved.header("Location")) == (301, "/order")


def test_hostile_names_and_reasons_are_shown_as_text(
    gateway: RunningGateway, ann: AccountClient
) -> None:
    guest(gateway, "x<script>ran=1")

    done = act(ann, "mute", whom="x<script>ran=1", reason="<script>x</script>")
    assert done.status == 303, done.errors
    page = ann.get(DEV).text
    refused = act(ann, "mute", whom="<b>x", time="<b>y", reason='"><i>')

    assert "x&lt;script&gt;ran=1" in page
    assert "&lt;script&gt;x&lt;/script&gt;" in page
    assert "<script>x" not in page
    assert 'value="&lt;b&gt;x"' in refused.text
    assert 'value="&#34;&gt;&lt;i&gt;"' in refused.text
