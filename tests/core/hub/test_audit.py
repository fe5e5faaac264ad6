"""Those who keep order read in the audit log what was done."""

from parlour.core.events import Refused
from tests.core.account_peers import register, told
from tests.core.fake_server import FakePeer, FakeServer, line
from tests.core.order_peers import admin, ask, owner
from tests.core.session_peers import SOON, read_events


def acts(peer: FakePeer) -> list[tuple[object, ...]]:
    """Return who did what to whom in the answers to `audit` that a peer received."""
    pages = [each["data"] for each in read_events(peer) if each["type"] == "audit"]
    return [
        (each.get("by", ""), each["action"], each.get("name", ""))
        for page in pages
        for each in page["acts"]
    ]


def test_a_moderator_reads_what_was_done_in_the_room(server: FakeServer) -> None:
    ann = owner(server, "Ann", "dev")
    ask(server, ann, "mute", name="Ann2", room="dev")
    register(server, "Bob")
    ask(server, ann, "role", name="bob", room="dev", role="moderator")
    ask(server, ann, "set", room="dev", locked=True)

    ann.send(line("audit", {"room": "dev"}))
    server.wait(SOON)

    assert acts(ann) == [
        ("Ann", "open", ""),
        ("Ann", "moderator", "Bob"),
        ("Ann", "lock", ""),
    ]


def test_a_page_of_acts_continues_before_another(server: FakeServer) -> None:
    ann = owner(server, "Ann", "dev")
    for slow in (1, 2, 3):
        ask(server, ann, "set", room="dev", slow=slow)

    ann.send(line("audit", {"room": "dev", "limit": 2}))
    server.wait(SOON)
    (page,) = [each["data"] for each in read_events(ann)]
    first = page["acts"][0]["number"]
    ann.send(line("audit", {"room": "dev", "limit": 9, "before": first}))
    server.wait(SOON)

    assert (page["room"], page["more"]) == ("dev", True)
    assert [each["name"] for each in page["acts"]] == ["2", "3"]
    assert acts(ann) == [("Ann", "open", ""), ("Ann", "slow", "1")]


def test_an_answer_has_what_was_done_by_the_lines_before_it(
    server: FakeServer,
) -> None:
    ann = owner(server, "Ann", "dev")

    ann.send(line("set", {"room": "dev", "slow": 5}) + line("audit", {"room": "dev"}))
    server.wait(SOON)

    assert acts(ann) == [("Ann", "open", ""), ("Ann", "slow", "5")]


def test_an_admin_reads_everything_that_was_done(server: FakeServer) -> None:
    ada = admin(server)
    ask(server, ada, "announce", text="a secret")

    ada.send(line("audit", {}))
    server.wait(SOON)

    (found,) = [each["data"] for each in read_events(ada)]
    assert all(each.pop("time").endswith("Z") for each in found["acts"])
    assert found == (
        {
            "acts": [
                {"number": 1, "action": "admin", "name": "Ada"},
                {"number": 2, "action": "announce", "by": "Ada"},
            ],
            "more": False,
        }
    )


def test_others_do_not_read_what_was_done(server: FakeServer) -> None:
    owner(server, "Ann", "dev")
    bob = register(server, "Bob")
    told(bob)

    for data in ({"room": "dev"}, {"room": "lobby"}, {}, {"room": "nowhere"}):
        bob.send(line("audit", data))
    server.wait(SOON)

    errors = [each["data"] for each in read_events(bob)]
    assert [(each["code"], each["about"]) for each in errors] == [
        *[("not_allowed", "audit")] * 3,
        ("no_such_room", "audit"),
    ]


def test_an_audit_log_that_cannot_be_read_is_an_error(server: FakeServer) -> None:
    ada = admin(server)
    server.is_storage_paused = True
    ada.send(line("audit", {}))
    server.turn()
    (question,) = server.questions

    server.questions.clear()
    server.hub.answered(question, Refused("history_damaged", "it was changed"))
    server.wait(SOON)

    (error,) = [each["data"] for each in read_events(ada)]
    assert (error["code"], error["about"]) == ("history_damaged", "audit")
