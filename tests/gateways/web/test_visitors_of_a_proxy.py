"""Users of the page who come through a proxy on this machine: what is limited."""

import pytest

from parlour.core.limits import Limits
from parlour.core.rate_limit import Rate
from tests.gateways.web.account_client import PASSWORD, AccountClient
from tests.gateways.web.clients import receive_event
from tests.gateways.web.running_gateway import RunningGateway, run_gateway
from tests.gateways.web.site import serve as site_of
from tests.programs.launch import ENGINES, SERVER
from tests.programs.sandbox import Sandbox
from tests.server.clients import command_line
from tests.server.running_servers import Serve, on_both_drivers

NAME = "chat.example.org"
ALLOWED = (NAME,)


def visitor(gateway: RunningGateway, host: str = NAME) -> AccountClient:
    """Return a browser whose requests a proxy with TLS passes on."""
    browser = AccountClient(gateway.port, host=host)
    browser.origin = f"https://{NAME}"
    return browser


def registered(browser: AccountClient, name: str) -> int:
    """Register a name, and return the status of the response."""
    fields = {"name": name, "password": PASSWORD, "repeated": PASSWORD}
    return browser.post("/register", **fields).status


@on_both_drivers
def test_visitors_register_five_names_an_hour_together(serve: Serve) -> None:
    with run_gateway(serve, allowed=ALLOWED) as gateway:
        statuses = [registered(visitor(gateway), f"Guest {n}x") for n in range(6)]

    assert statuses == [303] * 5 + [422]


@on_both_drivers
def test_a_proxy_that_changes_the_host_changes_no_limit(serve: Serve) -> None:
    with run_gateway(serve, allowed=ALLOWED) as gateway:
        browsers = [visitor(gateway, "127.0.0.1") for _ in range(6)]
        statuses = [registered(each, f"Guest {n}x") for n, each in enumerate(browsers)]

    assert statuses == [303] * 5 + [422]


@on_both_drivers
@pytest.mark.parametrize("allowed", [(), ("localhost", "127.0.0.1", "[::1]")])
def test_without_a_proxy_people_on_this_machine_have_no_limit(
    serve: Serve, allowed: tuple[str, ...]
) -> None:
    with run_gateway(serve, allowed=allowed) as gateway:
        browsers = [AccountClient(gateway.port) for _ in range(6)]
        statuses = [registered(each, f"Guest {n}x") for n, each in enumerate(browsers)]

    assert statuses == [303] * 6


@on_both_drivers
def test_wrong_passwords_of_visitors_are_counted_together(serve: Serve) -> None:
    names = tuple(f"Person {n}x" for n in range(6))
    with run_gateway(serve, allowed=ALLOWED, accounts=names) as gateway:
        for name in names[:5]:
            sent = visitor(gateway).post("/sign-in", name=name, password="wrong")
            assert sent.status == 422
        delayed = visitor(gateway).post("/sign-in", name=names[5], password="wrong")
        peer = gateway.server.connect()
        hello = {"version": 1, "rooms": [], "account": names[5], "password": PASSWORD}
        peer.send(command_line("hello", **hello))
        answer = peer.receive()

    assert delayed.status == 429
    assert b'"welcome"' in answer, "terminals on this machine are no visitors"


@on_both_drivers
def test_visitors_open_five_rooms_an_hour_together(serve: Serve) -> None:
    with run_gateway(serve, allowed=ALLOWED) as gateway:
        pages = [gateway.connect(origin=f"https://{NAME}") for _ in range(6)]
        answers = []
        for number, page in enumerate(pages):
            hello = {"version": 1, "name": f"Guest {number}x", "rooms": []}
            page.send(command_line("hello", **hello))
            receive_event(page)
            page.send(command_line("join", room=f"room-{number}"))
            answers.append(receive_event(page)[0])

    assert answers == ["room"] * 5 + ["error"]


@on_both_drivers
def test_a_banned_visitor_leaves_the_others_in_peace(serve: Serve) -> None:
    with run_gateway(
        serve, allowed=ALLOWED, accounts=("Ada",), admins=("Ada",)
    ) as gateway:
        pages = []
        for name in ("Spammer", "Romeo"):
            page = gateway.connect(origin=f"https://{NAME}")
            page.send(
                command_line("hello", version=1, name=name, rooms=[], token=name * 8)
            )
            receive_event(page)
            pages.append(page)
        admin = gateway.server.connect()
        hello = {"version": 1, "rooms": [], "account": "Ada", "password": PASSWORD}
        admin.send(command_line("hello", **hello))
        admin.send(command_line("ban", name="Spammer", seconds=60))
        assert receive_event(pages[0])[1]["code"] == "banned"
        third = gateway.connect(origin=f"https://{NAME}")
        third.send(command_line("hello", version=1, name="Nurse", rooms=[]))
        welcome = receive_event(third)
        pages[1].send(command_line("bye"))

        assert welcome[0] == "welcome"
        assert receive_event(pages[1])[1]["code"] == "bye"


@on_both_drivers
def test_lines_of_visitors_have_a_rate_limit(serve: Serve) -> None:
    slow = Limits(rate=Rate(1.0, 2.0))
    with run_gateway(serve, slow, allowed=ALLOWED) as gateway:
        page = gateway.connect(origin=f"https://{NAME}")
        page.send(command_line("hello", version=1, name="Romeo", rooms=[]))
        receive_event(page)
        lines = [command_line("ping", token=f"{number}") for number in range(4)]
        page.send(b"".join(lines))
        answers = [receive_event(page)[1]["token"] for _ in lines]

        assert answers == ["0", "1", "2", "3"]
        assert gateway.server.hub.counters.delayed > 0


@pytest.mark.parametrize("engine", ENGINES)
def test_behind_a_proxy_registering_needs_an_invitation(
    sandbox: Sandbox, engine: str
) -> None:
    site = site_of(sandbox, engine, "--web-allow", NAME)
    browser = AccountClient(site.web_port, host=NAME)

    assert "invitation" in browser.get("/register").text
    fields = {"name": "Romeo", "password": PASSWORD, "repeated": PASSWORD}
    browser.origin = f"https://{NAME}"
    sent = browser.post("/register", page="/sign-in", **fields)

    assert sent.status != 303
    assert browser.account_cookies == {}


@pytest.mark.parametrize("engine", ENGINES)
def test_the_banner_says_who_reaches_the_page_through_a_proxy(
    sandbox: Sandbox, engine: str
) -> None:
    ports = ["--port", "0", "--web-port", "0", "--web-allow", NAME]
    program = sandbox.run_python(*SERVER, *ports, "--engine", engine)

    program.err.expect(f"for this machine, and for users of the page at {NAME}")
    program.err.expect("an invitation is needed to register")
