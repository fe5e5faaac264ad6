"""Hostile names and texts have no effect in a real browser."""

import json

import pytest

from parlour.gateways.web.safe_text import visible
from tests.gateways.web.browser import NARROW, WIDE, Visits, expect
from tests.gateways.web.hostile_input import NAMES, TEXTS
from tests.gateways.web.site import ChatMessage, Site, serve
from tests.programs.launch import ENGINES
from tests.programs.sandbox import Sandbox

pytestmark = pytest.mark.parametrize("engine", ENGINES)


def send_hostile_input(sandbox: Sandbox, site: Site) -> list[ChatMessage]:
    """Request all of NAMES, send all of TEXTS, and return the stored messages."""
    peers = [sandbox.join(site.port) for _ in NAMES]
    for peer, name in zip(peers, NAMES, strict=True):
        peer.send(json.dumps({"type": "set-name", "data": name}).encode() + b"\n")
        peer.send_messages(f"name {name}")
        peer.expect(f": name {name}")
    for number, text in enumerate(TEXTS):
        peer = peers[number % len(peers)]
        peer.send_messages(text)
        peer.expect(f": {text}")
    messages = site.history()
    assert [text for _, text in messages] == [f"name {name}" for name in NAMES] + TEXTS
    return messages


@pytest.mark.parametrize("is_live", [False, True], ids=["rendered", "live"])
def test_hostile_texts_are_shown_as_text(
    sandbox: Sandbox, visit: Visits, engine: str, is_live: bool
) -> None:
    site = serve(sandbox, engine)
    tab = visit(site).wait_until_live() if is_live else visit.prepare(site)
    messages = send_hostile_input(sandbox, site)
    if not is_live:
        tab.go().wait_until_live()

    shown = [visible(text) for _, text in messages]
    expect(tab.texts).to_have_count(len(shown))
    assert [text for _, text in tab.messages()] == shown
    expect(tab.page.get_by_role("heading", name="forged")).to_have_count(0)
    assert tab.page.evaluate("window.ran ?? null") is None
    assert (
        tab.page.evaluate("document.querySelectorAll('main script, main img').length")
        == 0
    )
    for size in (WIDE, NARROW):
        tab.expect_to_fit(size)
        assert tab.overflowing("#log > *, #log .text, #names li") == []


def test_hostile_names_are_shown_as_text(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    tab = visit(site).wait_until_live()
    send_hostile_input(sandbox, site)

    names = sorted({name for name, _ in site.history()} & {*site.users()})
    expect(tab.page.locator("#names .name")).to_have_count(len(NAMES))
    assert sorted(tab.page.locator("#names .name").all_text_contents()) == names
    assert len({*names} & {*NAMES}) >= 4, names
    assert tab.page.evaluate("window.ran ?? null") is None


def test_an_injected_script_does_not_run(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    tab = visit(serve(sandbox, engine)).ignore_errors("Content Security Policy")

    tab.page.evaluate(
        """() => {
            const script = document.createElement("script");
            script.textContent = "window.ran = 1";
            const { body } = document;
            body.append(script);
            const inject = (html) => body.insertAdjacentHTML("beforeend", html);
            inject("<img src='data:,' onerror='window.ran = 2'>");
            inject("<p style='position: fixed' id='injected'>");
        }"""
    )

    expect(tab.page.locator("#injected")).to_have_css("position", "static")
    assert tab.page.evaluate("window.ran ?? null") is None
    assert len(tab.errors) >= 3
