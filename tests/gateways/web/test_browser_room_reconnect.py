"""A page resumes in all of its rooms after the connection was lost."""

from pathlib import Path

import pytest

from tests.gateways.web.browser import OUTAGE, Tab, Visits, expect
from tests.gateways.web.site import ChatMessage, Site, restart, serve
from tests.programs.launch import ENGINES
from tests.programs.sandbox import Sandbox
from tests.server.clients import command_line

pytestmark = pytest.mark.parametrize("engine", ENGINES)


def join_two_rooms(visit: Visits, site: Site, name: str) -> Tab:
    """Return a user who is in the lobby, which is shown, and in the room dev."""
    tab = visit(site).ignore_errors(OUTAGE).join(name)
    return tab.join_room("dev").open_room("#lobby")


def send_elsewhere(
    sandbox: Sandbox, engine: str, history: list[str], rooms: dict[str, int]
) -> None:
    """Send as many messages to each of *rooms*, on another server with the history."""
    site = serve(sandbox, engine, *history)
    with sandbox.connect(site.port, reads=False) as nurse:
        nurse.send(command_line("hello", version=1, name="Nurse", rooms=[*rooms]))
        for room, count in rooms.items():
            texts = [f"{room} {number}" for number in range(count)]
            for text in texts:
                nurse.send(command_line("message", room=room, message=text))
            site.wait_for_message(room, texts[-1])
    site.program.stop()


def test_messages_in_all_rooms_during_an_outage_are_shown_once(
    sandbox: Sandbox, visit: Visits, engine: str, tmp_path: Path
) -> None:
    history = ["--history", str(tmp_path / "history.db")]
    site = serve(sandbox, engine, *history)
    juliet = join_two_rooms(visit, site, "Juliet")
    juliet.send("in the lobby")
    juliet.open_room("#dev").send("in dev")
    juliet.expect_message("in dev").open_room("#lobby").page.clock.install()
    site.program.stop()
    send_elsewhere(sandbox, engine, history, {"lobby": 2, "dev": 3})

    restart(sandbox, engine, site, *history)
    juliet.advance_a_minute().wait_until_live()

    lobby = [ChatMessage("Nurse", f"lobby {each}") for each in range(2)]
    juliet.expect_messages([ChatMessage("Juliet", "in the lobby"), *lobby])
    juliet.expect_notes("#dev", "3 unread").open_room("#dev")
    dev = [ChatMessage("Nurse", f"dev {each}") for each in range(3)]
    juliet.expect_messages([ChatMessage("Juliet", "in dev"), *dev])
    expect(juliet.page.locator("#log .gap")).to_have_count(0)


def test_a_gap_in_one_room_is_shown_in_that_room_alone(
    sandbox: Sandbox, visit: Visits, engine: str, tmp_path: Path
) -> None:
    path = str(tmp_path / "history.db")
    history = ["--history", path, "--max-history", "5"]
    site = serve(sandbox, engine, *history)
    juliet = join_two_rooms(visit, site, "Juliet")
    juliet.open_room("#dev").send("in dev")
    juliet.expect_message("in dev").open_room("#lobby").page.clock.install()
    site.program.stop()
    send_elsewhere(sandbox, engine, history, {"lobby": 1, "dev": 9})

    site = restart(sandbox, engine, site, *history)
    site.wait_for_length(5, "dev")
    juliet.advance_a_minute().wait_until_live()

    juliet.expect_messages([ChatMessage("Nurse", "lobby 0")])
    expect(juliet.page.locator("#log .gap")).to_have_count(0)
    juliet.open_room("#dev")
    shown = juliet.page.locator("#log .text, #log .gap")
    gap = "4 older messages are no longer available"
    expect(shown).to_have_text(
        ["in dev", gap, *[f"dev {each}" for each in range(4, 9)]]
    )


def test_a_line_stays_in_the_room_in_which_it_was_typed(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    juliet = join_two_rooms(visit, site, "Juliet").open_room("#dev")
    juliet.page.clock.install()
    site.program.stop()

    juliet.send("for dev")
    expect(juliet.pending).to_have_text(["for devwaiting for the connection"])
    juliet.box.fill("a draft")
    juliet.open_room("#lobby")
    expect(juliet.pending).to_have_count(0)
    juliet.send("for the lobby")
    restart(sandbox, engine, site)
    juliet.advance_a_minute().wait_until_live()

    juliet.expect_messages([ChatMessage("Juliet", "for the lobby")])
    juliet.open_room("#dev").expect_messages([ChatMessage("Juliet", "for dev")])
    expect(juliet.box).to_have_value("a draft")


def test_a_message_refused_in_another_room_is_kept_there(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    juliet = join_two_rooms(visit, site, "Juliet").open_room("#dev")
    juliet.page.clock.install()
    site.program.stop()
    juliet.send("a\0b")
    juliet.open_room("#lobby")

    restart(sandbox, engine, site)
    juliet.advance_a_minute().wait_until_live()
    juliet.expect_notes("#dev", "not sent")
    expect(juliet.page.locator("#box-error")).to_be_empty()
    juliet.open_room("#dev")

    expect(juliet.pending).to_contain_text("not sent:")
    juliet.page.get_by_role("button", name="Put back").click()
    expect(juliet.box).to_have_value("a\0b")
    juliet.expect_notes("#dev")


def test_a_direct_conversation_is_over_after_a_restart(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    juliet = visit(site).ignore_errors(OUTAGE).join("Juliet")
    romeo = visit(site).ignore_errors(OUTAGE).join("Romeo")
    romeo.send("/msg Juliet psst")
    romeo.expect_room("Juliet").expect_message("psst")
    juliet.expect_notes("Romeo", "1 unread")
    for tab in (romeo, juliet):
        tab.page.clock.install()
    site.program.stop()

    restart(sandbox, engine, site)
    for tab in (romeo, juliet):
        tab.advance_a_minute().wait_until_live()

    expect(romeo.page.locator("#outside-text")).to_have_text(
        "The conversation is over."
    )
    juliet.open_room("Romeo").expect_message("psst").open_room("#lobby")
    expect(juliet.page.locator("#direct-list li")).to_have_count(0)


def test_a_command_without_a_connection_stays_in_the_box(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    juliet = visit(site).ignore_errors(OUTAGE).join("Juliet")
    site.program.stop()
    expect(juliet.status).to_be_visible()

    for command in ("/join dev", "/topic verona", "/msg Romeo hi", "/leave"):
        juliet.send(command)
        error = juliet.page.locator("#box-error")
        expect(error).to_contain_text("There is no connection")
        expect(juliet.box).to_have_value(command)
