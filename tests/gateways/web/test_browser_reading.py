"""Reading older and new messages, with and without scripts, and accessibility."""

import pytest

from tests.gateways.web.browser import NARROW, WIDE, Visits, exactly, expect
from tests.gateways.web.fake_chat import FakeChat
from tests.gateways.web.site import ChatMessage, Site, on_asyncio, on_threads, serve
from tests.programs.sandbox import Sandbox

LOCALES = ["en-US", "ar-EG", "es-US", "hi", "ko", "zh-TW", "vi", "am", "my", "bg"]


def serve_messages(
    sandbox: Sandbox, engine: str, count: int
) -> tuple[Site, list[ChatMessage]]:
    """Start a server, send *count* messages, and return both."""
    site = serve(sandbox, engine)
    with sandbox.join(site.port) as romeo:
        texts = [f"number {each}" for each in range(1, count + 1)]
        romeo.send_messages(*texts)
        romeo.expect(f"number {count}")
    return site, [ChatMessage(romeo.name, text) for text in texts]


@on_asyncio
def test_older_messages_are_shown_on_request(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site, messages = serve_messages(sandbox, engine, 120)
    tab = visit(site).wait_until_live().expect_messages(messages[-50:])
    older = tab.page.get_by_role("link", name="Older messages")
    newest = tab.texts.filter(has_text="number 120")
    expect(newest).to_be_in_viewport()

    older.click()
    tab.expect_messages(messages[-100:])
    older.click()
    tab.expect_messages(messages)

    expect(older).not_to_be_visible()
    expect(tab.page).to_have_url(site.url)


@on_threads
def test_a_reader_of_old_messages_sees_a_count_of_new_ones(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site, messages = serve_messages(sandbox, engine, 50)
    tab = visit(site).wait_until_live().expect_messages(messages)
    first = tab.texts.filter(has_text="number 1").first
    first.scroll_into_view_if_needed()
    romeo = sandbox.join(site.port)
    romeo.send_messages("new", "and new again")

    fresh = tab.page.get_by_role("button", name="2 new messages")
    expect(fresh).to_be_visible()
    expect(first).to_be_in_viewport()
    fresh.click()

    expect(tab.texts.filter(has_text="and new again")).to_be_in_viewport()
    expect(fresh).not_to_be_visible()


@on_asyncio
def test_the_button_leads_to_the_first_unread_message(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site, messages = serve_messages(sandbox, engine, 50)
    tab = visit(site).wait_until_live().expect_messages(messages)
    tab.texts.filter(has_text="number 1").first.scroll_into_view_if_needed()
    romeo = sandbox.join(site.port)
    romeo.send_messages(*(f"new {each}" for each in range(1, 61)))

    fresh = tab.page.get_by_role("button", name="60 new messages")
    fresh.click()
    expect(tab.texts.filter(has_text=exactly("new 1"))).to_be_in_viewport(ratio=1)
    expect(tab.texts.filter(has_text="new 60")).not_to_be_in_viewport()
    expect(tab.page.locator("#log .new + .message .text")).to_have_text("new 1")
    fresh.click()

    expect(tab.texts.filter(has_text="new 60")).to_be_in_viewport()
    expect(fresh).not_to_be_visible()


@on_asyncio
def test_all_messages_can_be_read_without_scripts(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site, messages = serve_messages(sandbox, engine, 120)
    nurse = sandbox.join(site.port)
    tab = visit(site, has_scripts=False)

    tab.expect_messages(messages[-50:]).expect_users(nurse.name)
    expect(tab.page.locator("#state")).to_have_text("Not live")
    expect(tab.page.get_by_role("button")).to_have_text(["Send"])
    for newest in (70, 20):
        tab.page.get_by_role("link", name="Older messages").first.click()
        texts = tab.page.locator(".message .text")
        expect(texts.last).to_have_text(f"number {newest}")
    expect(texts).to_have_text([text for _, text in messages[:20]])
    tab.page.get_by_role("searchbox").fill("number 77")
    tab.page.get_by_role("searchbox").press("Enter")
    expect(tab.page.locator(".message .text")).to_have_text(["number 77"])
    tab.page.locator(".message a").click()
    expect(tab.page).to_have_url(f"{site.url}m/77#m77")
    expect(tab.page.locator("[aria-current]")).to_contain_text("number 77")
    expect(tab.page.locator("[aria-current]")).to_be_in_viewport()
    tab.page.get_by_role("link", name="Latest messages").click()
    expect(tab.page).to_have_url(site.url)


def test_days_are_shown_in_the_time_zone_of_the_reader(
    chat: FakeChat, site: str, visit: Visits
) -> None:
    chat.send("Romeo", *map(str, range(24 * 60)))  # from 12:00 in UTC, a minute apart

    tab = visit(f"{site}/", "?before=700")  # Prague is an hour ahead
    begins = tab.page.locator(".log > .day + .message .text")
    expect(begins).to_have_text(["649", "660"])
    tab.go("?before=740")
    expect(begins).to_have_text(["689"])

    days = tab.page.locator(".log > .day")
    expect(days).to_have_text(["Thursday 16 November 2023"])


@on_threads
def test_the_page_of_a_missing_message_links_to_the_chat(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site, _ = serve_messages(sandbox, engine, 1)
    tab = visit.prepare(site).ignore_errors("status of 404").go("m/2")

    expect(tab.page.get_by_role("heading", level=1)).to_have_text("Message not found")
    tab.page.get_by_role("link", name="Back to the chat").click()

    tab.wait_until_live().expect_message("number 1")


@pytest.mark.parametrize(("engine", "is_dark"), [("async", False), ("threads", True)])
def test_the_live_page_has_no_accessibility_violations(
    sandbox: Sandbox, visit: Visits, engine: str, is_dark: bool
) -> None:
    # One long test, because each state starts from the previous one.
    from axe_playwright_python.sync_playwright import Axe

    site, _ = serve_messages(sandbox, engine, 60)
    tab = visit(site, is_dark=is_dark).ignore_errors("status of 404").wait_until_live()
    violations: list[tuple[str, str, str]] = []

    def check(state: str) -> None:
        found = Axe().run(tab.page).response["violations"]
        violations.extend(
            (state, each["id"], each["nodes"][0]["html"]) for each in found
        )

    check("watching")
    tab.request_name("Server")
    expect(tab.page.locator("#name-error")).not_to_be_empty()
    check("refused name")
    tab.join("Juliet").send("ay me")
    tab.expect_message("ay me").box.fill("/slip")
    tab.box.press("Enter")
    check("joined, unknown command")
    tab.page.keyboard.press("PageUp")
    check("message with the focus")
    tab.page.locator("#find").fill("number")
    tab.page.locator("#find").press("Enter")
    expect(tab.page.get_by_role("dialog").locator("mark").first).to_be_visible()
    check("search in the overlay")
    tab.page.get_by_role("dialog").locator(".when").first.click()
    expect(tab.page.get_by_role("dialog").locator("[aria-current]")).to_be_visible()
    check("message in the overlay")
    tab.page.keyboard.press("Escape")
    for size in (NARROW, WIDE):
        tab.expect_to_fit(size)
    tab.page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    check("narrow")
    tab.page.locator("#people summary").click()
    check("narrow, with users")
    for path in ("search?q=number", "m/20", "?before=30", "nowhere"):
        tab.go(path)
        check(path)

    assert violations == []


@pytest.mark.parametrize("locale", LOCALES)
def test_times_do_not_overlap_texts_in_any_language(
    sandbox: Sandbox, visit: Visits, locale: str
) -> None:
    site = serve(sandbox, "async")
    romeo = sandbox.join(site.port)
    romeo.send_messages("one", "two", "three")
    romeo.expect(": three")
    tab = visit.prepare(site, locale=locale)
    tab.page.add_init_script(
        """new MutationObserver(() => {
            for (const each of document.querySelectorAll(".when"))
                each.style.fontFamily = "DejaVu Sans Mono, Noto Sans Mono, monospace";
        }).observe(document, { childList: true, subtree: true })"""
    )
    tab.go().wait_until_live()
    tab.expect_message("three")

    found = tab.page.evaluate(
        """() => [...document.querySelectorAll("#log .follows")].map((row) => {
            const [time, text] = [".when", ".text"].map((one) =>
                row.querySelector(one).getBoundingClientRect());
            const own = row.getBoundingClientRect();
            const style = getComputedStyle(row.querySelector(".when"));
            return [time.right <= text.left || time.left >= text.right,
                    time.bottom <= own.bottom + 1, style.overflowX,
                    row.querySelector(".when").scrollHeight <= time.height + 1];
        })"""
    )

    assert found == [[True, True, "hidden", True]] * 2


@on_asyncio
def test_rooms_can_be_read_without_scripts(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    romeo = visit(site).join("Romeo").join_room("dev")
    romeo.send("/topic what we build", "a rose")
    romeo.expect_message("a rose")
    tab = visit(site, has_scripts=False).ignore_errors("status of 404")

    tab.room_link("#dev").click()
    tab.expect_message("a rose").expect_users("Romeo")
    expect(tab.page.locator("#topic")).to_have_text("what we build")
    tab.page.get_by_role("searchbox").fill("rose")
    tab.page.get_by_role("searchbox").press("Enter")
    tab.page.locator(".message a").click()
    expect(tab.page).to_have_url(f"{site.url}r/dev/m/1#m1")
    tab.page.get_by_role("link", name="Latest messages").click()
    tab.page.get_by_role("link", name="All rooms").click()
    expect(tab.page.locator(".places")).to_contain_text("what we build")
    tab.page.get_by_role("textbox", name="Name of a room").fill("#OPS")
    tab.page.get_by_role("button", name="Go to the room").click()

    expect(tab.page).to_have_url(f"{site.url}r/ops")
    expect(tab.page.locator("#empty")).to_contain_text("#ops is not open")
    expect(tab.page.get_by_role("button", name="Open #ops")).not_to_be_visible()
    tab.expect_to_fit(NARROW)
