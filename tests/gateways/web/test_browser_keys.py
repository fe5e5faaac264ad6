"""The keys of the list of messages, and the way between it and the message box."""

from collections.abc import Sequence

from tests.gateways.web.browser import Tab, Visits, exactly, expect
from tests.gateways.web.site import Site, on_asyncio, serve
from tests.programs.sandbox import Sandbox

FOCUSED = "document.activeElement.querySelector('.text')?.textContent ?? ''"
HAS_OUTLINE = "getComputedStyle(document.activeElement).outlineStyle === 'solid'"
IN_LIST = "document.activeElement.closest('#scroll') !== null"

pytestmark = on_asyncio


def join_after(
    sandbox: Sandbox, visit: Visits, engine: str, texts: Sequence[str]
) -> tuple[Site, Tab]:
    """Start a server, send *texts*, and let Juliet join."""
    site = serve(sandbox, engine)
    with sandbox.join(site.port) as romeo:
        romeo.send_messages(*texts)
        romeo.expect(f": {texts[-1]}")
    return site, visit(site).join("Juliet")


def expect_focus(tab: Tab, text: str) -> None:
    """Assert that the message *text* has a visible focus, and is in the window."""
    assert tab.page.evaluate(FOCUSED) == text
    assert tab.page.evaluate(HAS_OUTLINE)
    expect(tab.texts.filter(has_text=exactly(text)).last).to_be_in_viewport()


def test_arrow_keys_move_between_the_messages(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    texts = [f"number {each}" for each in range(1, 41)]
    _, tab = join_after(sandbox, visit, engine, texts)
    keyboard = tab.page.keyboard

    tab.box.focus()
    keyboard.press("Shift+Tab")
    assert tab.page.evaluate("document.activeElement.id") == "scroll"
    keyboard.press("ArrowUp")
    expect_focus(tab, "number 40")
    keyboard.press("ArrowUp")
    expect_focus(tab, "number 39")
    keyboard.press("Home")
    expect_focus(tab, "number 1")
    keyboard.press("ArrowUp")
    expect_focus(tab, "number 1")
    keyboard.press("ArrowDown")
    expect_focus(tab, "number 2")
    keyboard.press("End")
    expect_focus(tab, "number 40")


def test_the_messages_are_one_tab_stop(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    link = "https://example.org/rose"
    _, tab = join_after(sandbox, visit, engine, [f"a {link}", "b", "c", f"d {link}"])
    tab.send("e https://example.org/thorn")
    tab.expect_message("e https://example.org/thorn")

    tab.box.focus()
    tab.page.keyboard.press("Shift+Tab")
    assert tab.page.evaluate("document.activeElement.id") == "scroll"
    tab.page.keyboard.press("Tab")

    assert tab.page.evaluate("document.activeElement.id") == "box"


def test_the_links_of_the_message_with_the_focus_follow_it(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    texts = ["a https://example.org/rose", "b"]
    _, tab = join_after(sandbox, visit, engine, texts)
    keyboard = tab.page.keyboard

    keyboard.press("PageUp")
    keyboard.press("Home")
    expect_focus(tab, texts[0])
    keyboard.press("Tab")
    assert tab.page.evaluate("document.activeElement.textContent") == texts[0][2:]
    keyboard.press("ArrowDown")
    expect_focus(tab, "b")
    keyboard.press("Enter")

    expect(tab.page.get_by_role("dialog").locator("[aria-current]")).to_contain_text(
        "b"
    )


def test_page_up_in_the_box_leads_into_the_messages(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    texts = [f"number {each}" for each in range(1, 51)]
    _, tab = join_after(sandbox, visit, engine, texts)
    keyboard = tab.page.keyboard
    tab.box.fill("half a w")

    keyboard.press("PageUp")
    assert tab.page.evaluate(IN_LIST)
    expect(tab.texts.filter(has_text="number 50")).not_to_be_in_viewport()
    keyboard.type("ord")
    expect(tab.box).to_have_value("half a word")
    keyboard.press("PageUp")
    keyboard.press("PageUp")
    keyboard.press("PageUp")
    expect_focus(tab, "number 1")
    keyboard.press("Escape")

    expect(tab.box).to_be_focused()
    expect(tab.box).to_have_value("half a word")


def test_another_room_keeps_the_focus_in_the_messages(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    _, tab = join_after(sandbox, visit, engine, ["a", "b"])
    tab.join_room("dev").send("c")
    tab.expect_message("c")

    tab.page.keyboard.press("PageUp")
    expect_focus(tab, "c")
    tab.page.keyboard.press("Alt+ArrowUp")
    tab.expect_room("#lobby").expect_message("b")
    tab.page.keyboard.press("ArrowUp")

    expect_focus(tab, "b")
