"""Messages are erased on the page, and on all pages at once."""

from tests.gateways.web.browser import Tab, Visits, expect
from tests.gateways.web.site import Site, serve
from tests.programs.sandbox import Sandbox

ERASED = "(erased)"
QUESTION = "Erase for everybody? Others may have copies"


def two_tabs(sandbox: Sandbox, visit: Visits) -> tuple[Site, Tab, Tab]:
    """Return tabs of Juliet, who has said something, and of one who watches."""
    site = serve(sandbox, "async")
    watcher, juliet = visit(site).wait_until_live(), visit(site).join("Juliet")
    juliet.send("ay me", "wherefore")
    watcher.expect_message("wherefore")
    return site, juliet, watcher


def test_an_author_erases_a_message_on_all_pages(
    sandbox: Sandbox, visit: Visits
) -> None:
    site, juliet, watcher = two_tabs(sandbox, visit)
    own = juliet.page.locator("#m1")

    own.hover()
    button = own.get_by_role("button")
    expect(button).to_have_text("Erase")
    button.click()
    expect(button).to_have_text(QUESTION)
    button.click()

    for tab in (juliet, watcher):
        expect(tab.page.locator("#m1 .text")).to_have_text(ERASED)
        expect(tab.page.locator("#m2 .text")).to_have_text("wherefore")
    expect(own.get_by_role("button")).to_have_count(0)  # hidden, and not in the tree
    later = visit(site).wait_until_live()
    expect(later.page.locator("#m1 .text")).to_have_text(ERASED)


def test_a_message_is_erased_with_the_keyboard(sandbox: Sandbox, visit: Visits) -> None:
    _, juliet, watcher = two_tabs(sandbox, visit)
    juliet.page.locator("#m1").evaluate("row => (row.tabIndex = -1, row.focus())")

    button = juliet.page.locator("#m1").get_by_role("button")
    for _ in range(2):  # past the link of the message
        juliet.page.keyboard.press("Tab")
    expect(button).to_be_focused()
    juliet.page.keyboard.press("Enter")
    expect(button).to_have_text(QUESTION)
    juliet.page.keyboard.press("Enter")

    expect(watcher.page.locator("#m1 .text")).to_have_text(ERASED)
    expect(juliet.page.locator("#m1 .text")).to_have_text(ERASED)
    expect(juliet.page.locator("#m1")).to_be_focused()


def test_leaving_the_button_takes_the_question_back(
    sandbox: Sandbox, visit: Visits
) -> None:
    _, juliet, _ = two_tabs(sandbox, visit)
    own = juliet.page.locator("#m1")
    own.hover()
    own.get_by_role("button").click()

    juliet.page.locator("#box").focus()

    own.hover()
    expect(own.get_by_role("button")).to_have_text("Erase")


def test_nobody_is_offered_to_erase_messages_of_others(
    sandbox: Sandbox, visit: Visits
) -> None:
    _, _, watcher = two_tabs(sandbox, visit)

    watcher.page.locator("#m1").hover()

    expect(watcher.page.locator("#m1").get_by_role("button")).to_have_count(0)


def test_a_command_erases_the_last_message(sandbox: Sandbox, visit: Visits) -> None:
    _, juliet, watcher = two_tabs(sandbox, visit)

    juliet.send("/erase juliet")

    expect(watcher.page.locator("#m2 .text")).to_have_text(ERASED)
    expect(juliet.page.locator("#log")).to_contain_text(
        "Done: the message is erased. The server no longer sends the text"
    )


def test_a_refused_command_says_why(sandbox: Sandbox, visit: Visits) -> None:
    site, _, _ = two_tabs(sandbox, visit)
    eve = visit(site).join("Eve")

    eve.send("/erase 1")

    expect(eve.page.get_by_text("Only moderators may do that.")).to_be_visible()
