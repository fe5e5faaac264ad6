"""Where texts begin on the page, and which times, counts and names it shows."""

import pytest

from tests.gateways.web.browser import (
    NARROW,
    OUTAGE,
    WIDE,
    Locator,
    Tab,
    Visits,
    expect,
)
from tests.gateways.web.narrow_window import menu_button
from tests.gateways.web.site import serve
from tests.programs.launch import ENGINES
from tests.programs.sandbox import Sandbox

# The server is not involved.
pytestmark = pytest.mark.parametrize("engine", ENGINES[:1])

TEXT_EDGE = """(field) => {
    const { borderLeftWidth, paddingLeft } = getComputedStyle(field);
    const { left } = field.getBoundingClientRect();
    return Math.round(left + parseFloat(borderLeftWidth) + parseFloat(paddingLeft));
}"""

SET_TIMES = """new MutationObserver(() => {
    const times = ["10:00:01", "10:00:59", "10:01:00"];
    const found = [...document.querySelectorAll("#log time")];
    found.forEach((each, at) => (each.dateTime = `2026-11-24T${times[at]}Z`));
}).observe(document, { childList: true, subtree: true })"""


def edges(tab: Tab, selector: str) -> set[int]:
    """Return where the text of each element begins, from the left."""
    return {each.evaluate(TEXT_EDGE) for each in tab.page.locator(selector).all()}


@pytest.mark.parametrize("size", [WIDE, (1000, 700)])
@pytest.mark.parametrize("rows", ["compact", "comfortable"])
def test_what_is_typed_begins_where_messages_begin(
    sandbox: Sandbox, visit: Visits, engine: str, size: tuple[int, int], rows: str
) -> None:
    juliet = visit(serve(sandbox, engine), size=size).join("Juliet")
    juliet.send("one", "two")
    juliet.expect_message("two")

    if rows == "comfortable":
        menu_button(juliet, "Rows: compact").click()

    assert len(edges(juliet, "#log .text, #log .notice, #box")) == 1


def test_all_texts_of_a_phone_have_one_left_edge(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    juliet = visit(site, size=NARROW).join("Juliet")
    with sandbox.join(site.port) as romeo:
        romeo.send_messages("Juliet?", "> so", "a word " * 20)
    juliet.send("ay me")
    juliet.expect_message("ay me")

    assert edges(juliet, "#log .text, #log .notice, #box") == {16}


GAP_ABOVE_TEXT = """(row) => {
    const [name, text] = [".name", ".text"].map((each) => row.querySelector(each));
    const [above, below] = [name, text].map((each) => each.getBoundingClientRect());
    return Math.round(below.top - above.bottom);
}"""


def test_own_messages_are_as_tight_as_those_of_others(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    juliet = visit(site, size=NARROW).join("Juliet")
    with sandbox.join(site.port) as romeo:
        romeo.send_messages("Juliet?")
    juliet.send("ay me")
    juliet.expect_message("ay me")

    rows = juliet.page.locator("#log .message").all()

    assert len({row.evaluate(GAP_ABOVE_TEXT) for row in rows}) == 1


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_the_help_has_room_for_explanations(
    sandbox: Sandbox, visit: Visits, engine: str, size: tuple[int, int]
) -> None:
    juliet = visit(serve(sandbox, engine), size=size).join("Juliet")

    juliet.send("/help")

    explanation = juliet.page.locator("#help dd").first
    box = explanation.bounding_box()
    assert box is not None
    assert box["width"] > 250  # pixels


def test_a_time_is_shown_when_the_minute_changes(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    with sandbox.join(site.port) as romeo:
        romeo.send_messages("one", "two", "three")
        romeo.expect(": three")
    tab = visit.prepare(site)
    tab.page.add_init_script(SET_TIMES)
    tab.go().wait_until_live()
    shown = tab.page.locator("#log .when")

    assert [opacity(each) for each in shown.all()] == ["1", "0", "1"]
    expect(shown).to_have_text(["11:00", "11:00", "11:01"])  # for screen readers
    tab.page.locator("#log .text").nth(1).hover()
    expect(shown.nth(1)).to_have_css("opacity", "1")


def opacity(element: Locator) -> str:
    return f"{element.evaluate('each => getComputedStyle(each).opacity')}"


def test_the_badge_of_the_menu_counts_what_is_for_the_user_or_else_all(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    romeo = visit(site).join("Romeo").join_room("dev")
    juliet = visit(site, size=NARROW).join("Juliet")
    juliet.send("/join dev")
    expect(juliet.page.locator("#title")).to_have_text("#dev")
    juliet.open_room("#lobby")
    badge = juliet.page.locator("#menu-badge")
    title = juliet.page.locator("#title").bounding_box()

    romeo.send("one", "two")
    expect(badge).to_have_text("2 unread")
    expect(badge).not_to_contain_class("loud")
    romeo.send("Juliet, three")
    expect(badge).to_have_text("1 for you, 3 unread")
    expect(badge).to_contain_class("loud")

    strokes = juliet.page.locator("#menu svg").bounding_box()
    number = badge.bounding_box()
    assert strokes is not None
    assert number is not None
    middle = strokes["y"] + strokes["height"] / 2
    assert number["y"] + number["height"] <= middle  # two of three strokes are clear
    assert juliet.page.locator("#title").bounding_box() == title


def test_the_user_is_the_last_suggestion(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    visit(site).join("Juliet")
    benvolio = visit(site).join("Benvolio").expect_users("Benvolio", "Juliet")

    benvolio.box.press_sequentially("@")

    expect(benvolio.page.get_by_role("option")).to_have_text(["Juliet", "Benvolio"])


def test_the_people_of_a_phone_have_a_title_and_a_button_that_closes_them(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    tab = visit(serve(sandbox, engine), size=NARROW).join("Juliet")
    people = tab.page.locator("#names")

    tab.page.locator("#people summary").click()
    expect(people).to_be_visible()
    tab.page.get_by_role("button", name="Close").click()

    expect(people).not_to_be_visible()
    expect(tab.page.locator("#people summary")).to_be_focused()


@pytest.mark.parametrize("width", [390, 430])
def test_the_notice_of_a_lost_connection_takes_one_line_of_a_phone(
    sandbox: Sandbox, visit: Visits, engine: str, width: int
) -> None:
    site = serve(sandbox, engine)
    tab = visit(site, size=(width, 844)).ignore_errors(OUTAGE).join("Juliet")

    site.program.stop()
    expect(tab.status).to_be_visible()

    place = tab.status.bounding_box()
    assert place is not None
    assert place["height"] < 24
    assert tab.overflowing("#banner, #banner *") == []


def test_a_phone_is_not_told_to_use_a_terminal(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    tab = visit(serve(sandbox, engine), size=NARROW).wait_until_live()

    expect(tab.page.locator("#aside-note")).to_be_hidden()
    placeholder = "Choose a name to join"
    expect(tab.page.get_by_placeholder(placeholder)).to_be_visible()
