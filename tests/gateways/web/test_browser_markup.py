"""Markup, marks and suggestions on the page, in a real browser."""

from tests.gateways.web.browser import Tab, Visits, expect
from tests.gateways.web.narrow_window import menu_button
from tests.gateways.web.site import on_asyncio, serve
from tests.programs.sandbox import Sandbox

RICH = "see `x = 1`, **now** and _then_: https://example.org/a_b."
BLOCK = "so\n```\nif a:\n    b()\n```\n> quoted"


def joined(sandbox: Sandbox, visit: Visits, engine: str) -> tuple[Tab, Sandbox, int]:
    """Return a tab that has joined as Juliet, and the port of the chat."""
    site = serve(sandbox, engine)
    tab = visit(site).wait_until_live().join("Juliet")
    return tab, sandbox, site.port


@on_asyncio
def test_markup_is_shown_and_the_text_can_be_copied(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    juliet, _, port = joined(sandbox, visit, engine)
    with sandbox.join(port) as romeo:
        romeo.send_messages(RICH, BLOCK)
    juliet.expect_message(BLOCK)

    for _ in range(2):  # as the script shows it, and then as the server does
        text = juliet.texts.nth(0)
        expect(text.locator("code")).to_have_text("`x = 1`")
        expect(text.locator("strong")).to_have_text("**now**")
        expect(text.locator("em")).to_have_text("_then_")
        expect(text.locator("a")).to_have_attribute("href", "https://example.org/a_b")
        expect(text.locator("a")).to_have_attribute(
            "rel", "noopener noreferrer nofollow ugc"
        )
        block = juliet.texts.nth(1).locator(".block")
        expect(block).to_have_text("```\nif a:\n    b()\n```")
        quote = juliet.texts.nth(1).get_by_role("blockquote")
        expect(quote).to_have_text("> quoted")
        expect(quote.locator(".tick")).to_have_text("> ")
        assert juliet.texts.nth(0).text_content() == RICH
        assert juliet.texts.nth(1).text_content() == BLOCK
        juliet.go().wait_until_live()


@on_asyncio
def test_own_messages_and_mentions_are_marked(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    juliet, _, port = joined(sandbox, visit, engine)
    with sandbox.join(port) as romeo:
        romeo.send_messages("juliet, are you there?", "julietta is not meant")
    juliet.send("I am Juliet")
    juliet.expect_message("I am Juliet")

    rows = juliet.page.locator("#log .message")
    expect(juliet.page.locator("#log .mention")).to_have_count(1)
    expect(rows.nth(0)).to_contain_class("mention")
    expect(rows.nth(2)).to_contain_class("own")
    juliet.go().wait_until_live()
    expect(juliet.page.locator("#log .mention")).to_have_count(1)
    expect(juliet.page.locator("#log .own")).to_have_count(1)


@on_asyncio
def test_an_action_says_who_does_it(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    juliet, _, _ = joined(sandbox, visit, engine)

    juliet.send("hello", "/me waves")
    juliet.expect_message("/me waves")

    for _ in range(2):
        row = juliet.page.locator("#log .message").nth(1)
        expect(row.locator(".action")).to_be_visible()
        expect(row.locator(".name")).to_have_text("Juliet")
        assert "follows" not in f"{row.get_attribute('class')}"
        juliet.go().wait_until_live()


@on_asyncio
def test_names_are_suggested_after_an_at_sign(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    juliet, _, port = joined(sandbox, visit, engine)
    for name in ("Romeo", "Rosaline", "Nurse"):
        sandbox.join(port).take_name(name)
    expect(juliet.page.locator("#count")).to_have_text("4")
    options = juliet.page.get_by_role("option")

    juliet.box.press_sequentially("see @ro")
    expect(options).to_have_text(["Romeo", "Rosaline"])
    juliet.box.press("ArrowDown")
    juliet.box.press("Enter")
    expect(juliet.box).to_have_value("see @Rosaline ")
    expect(options).to_have_count(0)

    juliet.box.press_sequentially("@n")
    expect(options).to_have_text(["Nurse"])
    juliet.box.press("Escape")
    expect(options).to_have_count(0)
    juliet.box.press("Enter")
    juliet.expect_message("see @Rosaline @n")


@on_asyncio
def test_commands_are_suggested_after_a_slash(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    juliet, _, _ = joined(sandbox, visit, engine)
    options = juliet.page.get_by_role("option")

    juliet.box.press_sequentially("/t")
    expect(options).to_have_text(["/topic"])
    options.first.click()

    expect(juliet.box).to_have_value("/topic ")
    expect(juliet.box).to_be_focused()


@on_asyncio
def test_the_up_arrow_shows_what_was_sent(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    juliet, _, _ = joined(sandbox, visit, engine)
    juliet.send("one", "two")
    juliet.expect_message("two")

    juliet.box.press("ArrowUp")
    expect(juliet.box).to_have_value("two")
    juliet.box.press("ArrowUp")
    expect(juliet.box).to_have_value("one")
    juliet.box.press("ArrowDown")
    expect(juliet.box).to_have_value("two")
    juliet.box.press("ArrowDown")
    expect(juliet.box).to_have_value("")
    juliet.box.press_sequentially("typed")
    juliet.box.press("ArrowUp")
    expect(juliet.box).to_have_value("typed")


@on_asyncio
def test_a_long_list_of_people_can_be_filtered(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    juliet, _, port = joined(sandbox, visit, engine)
    find = juliet.page.get_by_role("searchbox", name="Find people")
    expect(find).to_have_count(0)
    for _ in range(20):
        sandbox.join(port)
    expect(juliet.page.locator("#count")).to_have_text("21")

    find.fill("JUL")
    expect(juliet.page.locator("#names li")).to_have_count(1)
    expect(juliet.page.locator("#names li")).to_contain_text("you, since")
    find.fill("nobody")
    expect(juliet.page.locator("#others")).to_have_text("Nobody has such a name.")
    expect(juliet.page.locator("#count")).to_have_text("21")


@on_asyncio
def test_rows_are_compact_until_comfortable_ones_are_chosen(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    juliet, _, _ = joined(sandbox, visit, engine)
    juliet.send("one", "two")
    juliet.expect_message("two")
    juliet.go().wait_until_live()  # without the notice that Juliet joined
    log = juliet.page.locator("#log")
    compact = log.bounding_box()

    menu_button(juliet, "Rows: compact").click()
    juliet.go().wait_until_live()

    comfortable = log.bounding_box()
    assert compact is not None
    assert comfortable is not None
    assert comfortable["height"] > compact["height"]
    menu_button(juliet, "Rows: comfortable").click()
    expect(juliet.page.get_by_role("button", name="Rows: compact")).to_be_visible()


@on_asyncio
def test_a_compact_message_of_one_line_is_a_row_of_one_line(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    juliet, _, _ = joined(sandbox, visit, engine)
    juliet.send("one", "two")
    juliet.expect_message("two")
    rows = juliet.page.locator("#log .message")

    first, second = rows.nth(-2).bounding_box(), rows.nth(-1).bounding_box()

    assert first is not None
    assert second is not None
    assert first["height"] == second["height"] == 22
    assert second["y"] == first["y"] + 22
