"""Links to rooms: to watch them, to open them, and to move between them."""

import json

from tests.gateways.web.browser import Visits, WebSocket, expect
from tests.gateways.web.narrow_window import menu_button
from tests.gateways.web.site import ChatMessage, on_asyncio, on_threads, serve
from tests.programs.sandbox import Sandbox
from tests.server.clients import command_line


@on_asyncio
def test_anyone_can_watch_a_room_by_its_link(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    romeo = visit(site).join("Romeo").join_room("dev")
    romeo.send("before")

    watcher = visit(site, "r/dev").wait_until_live().expect_message("before")
    romeo.send("after")
    watcher.expect_message("after").expect_users("Romeo")
    watcher.join("Nurse").send("here")

    romeo.expect_message("here").expect_users("Nurse", "Romeo")
    expect(watcher.page).to_have_url(f"{site.url}r/dev")
    assert site.users() == ["Romeo"]


@on_threads
def test_a_watcher_watches_all_rooms_that_it_has_opened(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine, "--web", "read")
    romeo = sandbox.join(site.port)
    juliet = sandbox.connect(site.port, reads=False)
    juliet.send(command_line("hello", version=1, name="Juliet", rooms=["dev"]))
    site.wait_for_room("dev")
    watcher = visit(site, "r/dev").wait_until_live()

    watcher.room_link("#lobby").click()
    watcher.wait_until_live().expect_room("#lobby")
    juliet.send(command_line("message", room="dev", message="in dev"))
    watcher.expect_notes("#dev", "1 unread")
    romeo.send_messages("in the lobby")
    watcher.expect_message("in the lobby").open_room("#dev").expect_message("in dev")
    menu_button(watcher, "Close").click()

    watcher.expect_room("#lobby")
    expect(watcher.room_link("#dev").locator(".size")).to_have_text("1 user")


@on_asyncio
def test_a_closed_room_can_be_opened_on_its_page(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    tab = visit.prepare(site).ignore_errors("status of 404").go("r/ops")
    expect(tab.page.locator("#empty")).to_contain_text("#ops is not open")

    tab.request_name("Romeo")
    tab.page.get_by_role("button", name="Open #ops").click()
    tab.send("first")

    tab.expect_messages([ChatMessage("Romeo", "first")]).expect_users("Romeo")
    visit(site, "r/ops").expect_message("first")


@on_asyncio
def test_the_list_of_all_rooms_joins_a_room_or_says_why_not(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    tab = visit(serve(sandbox, engine)).join("Romeo")
    tab.page.get_by_role("link", name="All rooms").click()
    overlay = tab.page.get_by_role("dialog")
    box = overlay.get_by_role("textbox")

    box.fill("admin")
    box.press("Enter")
    expect(overlay.get_by_role("alert")).to_have_text("That room's name is reserved.")
    box.fill("dev")
    box.press("Enter")

    tab.expect_room("#dev")
    expect(overlay).to_have_count(0)
    assert tab.sockets == 1


@on_asyncio
def test_back_and_forward_move_between_the_rooms(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    tab = visit(site).join("Romeo").join_room("dev").join_room("ops")

    tab.page.go_back()
    tab.expect_room("#dev")
    tab.page.go_back()
    tab.expect_room("#lobby")
    tab.page.go_forward()
    tab.expect_room("#dev")

    expect(tab.page).to_have_url(f"{site.url}r/dev")
    assert tab.sockets == 1


@on_asyncio
def test_a_link_to_a_room_that_one_is_not_in_shows_it_and_offers_to_join(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    visit(site).join("Romeo").join_room("dev").send("come in")
    juliet = visit(site).join("Juliet")

    juliet.page.get_by_role("link", name="All rooms").click()
    overlay = juliet.page.get_by_role("dialog")
    overlay.get_by_role("link", name="#dev").click()
    juliet.wait_until_live().expect_room("#dev").expect_message("come in")
    expect(juliet.page.locator("#outside-text")).to_contain_text("You are not in #dev")
    juliet.page.get_by_role("button", name="Join #dev").click()

    juliet.expect_users("Juliet", "Romeo").expect_message("come in")
    assert site.users() == ["Juliet", "Romeo"]


@on_threads
def test_all_rooms_of_a_user_can_be_searched_at_once(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    tab = visit(site).join("Romeo")
    tab.send("a rose here")
    tab.join_room("dev").send("a rose there")
    tab.expect_message("a rose there")
    overlay = tab.page.get_by_role("dialog")

    tab.page.locator("#find").fill("rose")
    tab.page.locator("#find").press("Enter")
    expect(overlay.locator(".text")).to_have_text(["a rose there"])
    overlay.get_by_role("combobox").select_option("All my rooms")
    overlay.get_by_role("button", name="Search").click()

    expect(overlay.locator(".text")).to_have_text(["a rose here", "a rose there"])
    overlay.locator(".when").first.click()
    expect(overlay.locator("[aria-current] .text")).to_have_text("a rose here")
    expect(tab.page).to_have_url(f"{site.url}m/1#m1")
    overlay.get_by_role("button", name="Back to the chat").click()
    tab.expect_room("#dev")


@on_asyncio
def test_a_permalink_to_another_room_leads_to_that_room(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    romeo = visit(site).join("Romeo").join_room("dev")
    romeo.send("one", "two")
    romeo.expect_message("two")
    link = romeo.page.locator("#log .when").last.get_attribute("href")
    assert link == "/r/dev/m/2#m2"

    reader = visit(site, link[1:])
    expect(reader.page.locator("[aria-current] .text")).to_have_text("two")
    reader.page.get_by_role("link", name="Latest messages").click()

    reader.wait_until_live().expect_room("#dev").expect_message("one")


@on_asyncio
def test_a_watcher_hears_the_last_hundred_rooms_that_it_has_opened(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    hellos: list[bytes | str] = []

    def keep(frame: bytes | str) -> None:
        hellos.append(frame)

    tab = visit.prepare(serve(sandbox, engine))
    tab.store(rooms=json.dumps([{"name": f"room-{each}"} for each in range(150)]))

    def watch(socket: WebSocket) -> None:
        socket.on("framesent", keep)

    tab.page.on("websocket", watch)
    tab.go().wait_until_live()

    rooms = json.loads(hellos[0])["data"]["rooms"]
    assert sorted(rooms) == sorted(["lobby", *[f"room-{n}" for n in range(51, 150)]])
    expect(tab.page.locator("#room-list a.place")).to_have_text(["#lobby"])
