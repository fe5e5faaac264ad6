"""The pages with the audit log, without scripts."""

import re
from collections.abc import Iterator
from html import unescape

import pytest

from parlour.gateways.web import audit_routes
from tests.gateways.web.account_client import AccountClient, Response
from tests.gateways.web.order_browser import act, guest
from tests.gateways.web.running_gateway import RunningGateway, run_gateway
from tests.server.running_servers import serve_async, serve_threads

DEV = "/r/dev/audit"


@pytest.fixture(params=[serve_async, serve_threads], ids=["async", "threads"])
def gateway(request: pytest.FixtureRequest) -> Iterator[RunningGateway]:
    """Run a server with accounts; Ann owns the room dev."""
    with run_gateway(
        request.param,
        accounts=("Ada", "Ann", "Pat"),
        admins=("Ada",),
        rooms=(("dev", 2),),
    ) as running:
        yield running


def signed_in(gateway: RunningGateway, name: str) -> AccountClient:
    return AccountClient(gateway.port).sign_in(name)


def acts_of(page: Response) -> list[str]:
    """Return the acts on a page, without their times."""
    assert page.status == 200
    found = re.findall(r"<li><div><bdi>(.*?)</bdi>", page.text)
    return [unescape(each) for each in found]


def test_a_moderator_reads_the_log_of_a_room_with_the_newest_act_first(
    gateway: RunningGateway,
) -> None:
    ann = signed_in(gateway, "Ann")
    guest(gateway)
    act(ann, "lock")
    act(ann, "kick", whom="bob", reason="<b>noise</b>")

    acts = acts_of(ann.get(DEV))

    assert acts[:2] == [
        "Ann has removed Bob: <b>noise</b>",
        "Ann has locked the room: only moderators speak",
    ]
    assert f'href="{DEV}"' in ann.get("/r/dev/order").text


def test_the_log_is_in_pages(
    gateway: RunningGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_routes, "PAGE_SIZE", 2)
    ann = signed_in(gateway, "Ann")
    for what in ("lock", "unlock", "lock"):
        act(ann, what)

    newest = ann.get(DEV)
    (older,) = re.findall(rf'href="({DEV}\?before=\d+)" rel="prev"', newest.text)

    assert acts_of(newest) == [
        "Ann has locked the room: only moderators speak",
        "Ann has unlocked the room",
    ]
    before = ann.get(older)
    assert acts_of(before)[0] == "Ann has locked the room: only moderators speak"
    assert f'<a href="{DEV}">Newest</a>' in before.text
    nothing = ann.get(f"{DEV}?before=1")
    assert acts_of(nothing) == []
    assert "Nothing before that." in nothing.text
    assert ann.get(f"{DEV}?before=x").status == 400


def test_admins_read_the_log_of_the_whole_server(gateway: RunningGateway) -> None:
    ada = signed_in(gateway, "Ada")
    act(ada, "announce", room="", text="tea at noon")
    act(ada, "lock", room="lobby")

    everywhere = ada.get("/server/audit")

    assert acts_of(everywhere)[:2] == [
        "Ada has locked the room: only moderators speak",
        "Ada has made an announcement",
    ]
    assert "in <bdi>#lobby</bdi>" in everywhere.text
    assert acts_of(ada.get("/audit")) == [
        "Ada has locked the room: only moderators speak"
    ]


def test_nobody_else_reads_the_log(gateway: RunningGateway) -> None:
    ann, pat = signed_in(gateway, "Ann"), signed_in(gateway, "Pat")

    for each in (DEV, "/audit", "/server/audit"):
        assert pat.get(each).status == 403
    assert ann.get("/server/audit").status == 403
    assert ann.get("/r/none/audit").status == 404
    act(ann, "private")
    assert pat.get(DEV).status == 404
    nobody = AccountClient(gateway.port).get(DEV)
    assert nobody.status == 303
    assert nobody.header("Location") == "/sign-in?next=%2Fr%2Fdev%2Faudit"


def test_the_log_of_a_room_has_one_address(gateway: RunningGateway) -> None:
    ann = signed_in(gateway, "Ann")

    for typed, found in (("Dev", DEV), ("lobby", "/audit")):
        moved = ann.get(f"/r/{typed}/audit")
        assert (moved.status, moved.header("Location")) == (301, found)
