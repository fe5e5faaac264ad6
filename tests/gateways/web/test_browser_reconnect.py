"""A page reconnects to a restarted server without losing messages."""

import shutil
import signal
from pathlib import Path

import pytest

from tests.gateways.web.browser import OUTAGE, Visits, expect
from tests.gateways.web.site import ChatMessage, restart, serve
from tests.programs.histories import ExportedMessage, export_messages
from tests.programs.launch import ENGINES
from tests.programs.sandbox import Sandbox

pytestmark = pytest.mark.parametrize("engine", ENGINES)

WAITING = "waiting for the connection"
STATUS_BY_SIGNAL = {
    signal.SIGTERM: "Server stopping. Reconnecting …",
    signal.SIGKILL: "Connection lost. Reconnecting …",
}


@pytest.mark.parametrize("number", STATUS_BY_SIGNAL, ids=lambda number: number.name)
def test_a_restart_neither_loses_nor_duplicates_messages(
    sandbox: Sandbox, visit: Visits, engine: str, tmp_path: Path, number: signal.Signals
) -> None:
    path = tmp_path / "history.db"
    site = serve(sandbox, engine, "--history", str(path))
    juliet = visit(site).ignore_errors(OUTAGE).join("Juliet")
    juliet.send("one", "two")
    juliet.expect_message("two")
    juliet.page.clock.install()
    site.program.signal(number)
    site.program.wait()
    expect(juliet.status).to_contain_text(STATUS_BY_SIGNAL[number])
    juliet.send("three", "four")
    expect(juliet.pending).to_have_text([f"three{WAITING}", f"four{WAITING}"])

    site = restart(sandbox, engine, site, "--history", str(path))
    romeo = sandbox.join(site.port)
    juliet.advance_a_minute().wait_until_live().expect_message("four")
    expect(juliet.status).not_to_be_visible()
    expect(juliet.pending).to_have_count(0)
    romeo.send_messages("five")
    juliet.expect_message("five").send("six")

    messages = [ChatMessage("Juliet", text) for text in ("one", "two", "three", "four")]
    messages += [ChatMessage(romeo.name, "five"), ChatMessage("Juliet", "six")]
    juliet.expect_messages(messages).expect_users(romeo.name, "Juliet")
    assert site.history() == messages
    assert juliet.page.evaluate("sessionStorage.pending") == "[]"
    romeo.close()
    site.program.stop()
    assert export_messages(sandbox, path) == [
        ExportedMessage(n, *each) for n, each in enumerate(messages, 1)
    ]


def test_a_crash_while_sending_neither_loses_nor_duplicates_messages(
    sandbox: Sandbox, visit: Visits, engine: str, tmp_path: Path
) -> None:
    history = ["--history", str(tmp_path / "history.db")]
    site = serve(sandbox, engine, *history)
    juliet = visit(site).ignore_errors(OUTAGE).join("Juliet")
    juliet.page.clock.install()
    texts = [f"number {each}" for each in range(40)]
    juliet.page.evaluate(
        """(texts) => {
            const box = document.getElementById("box");
            for (const text of texts) {
                box.value = text;
                document.getElementById("say").requestSubmit();
            }
        }""",
        texts,
    )
    site.program.signal(signal.SIGKILL)
    site.program.wait()

    site = restart(sandbox, engine, site, *history)

    messages = [ChatMessage("Juliet", text) for text in texts]
    juliet.advance_a_minute().wait_until_live().expect_messages(messages)
    expect(juliet.pending).to_have_count(0)
    assert site.history() == messages


def test_messages_during_an_outage_are_shown_once(
    sandbox: Sandbox, visit: Visits, engine: str, tmp_path: Path
) -> None:
    history = ["--history", str(tmp_path / "history.db")]
    site = serve(sandbox, engine, *history)
    watcher = visit(site).ignore_errors(OUTAGE).wait_until_live()
    watcher.page.clock.install()
    site.program.stop()
    elsewhere = serve(sandbox, engine, *history)
    with sandbox.join(elsewhere.port) as romeo:
        romeo.send_messages("one", "two")
        romeo.expect("two")
    elsewhere.program.stop()

    restart(sandbox, engine, site, *history)

    watcher.advance_a_minute().wait_until_live().expect_messages(
        [ChatMessage(romeo.name, text) for text in ("one", "two")]
    )


def test_messages_that_expired_during_an_outage_are_shown_as_a_gap(
    sandbox: Sandbox, visit: Visits, engine: str, tmp_path: Path
) -> None:
    history = ["--history", str(tmp_path / "history.db"), "--max-history", "5"]
    site = serve(sandbox, engine, *history)
    watcher = visit(site).ignore_errors(OUTAGE)
    with sandbox.join(site.port) as romeo:
        romeo.send_messages("one")
        watcher.expect_message("one")
    watcher.page.clock.install()
    site.program.stop()
    elsewhere = serve(sandbox, engine, *history)
    with sandbox.join(elsewhere.port) as nurse:
        for number in range(9):
            nurse.send_messages(str(number))
            nurse.expect(f"{nurse.name}: {number}")
    elsewhere.program.stop()

    restart(sandbox, engine, site, *history).wait_for_length(5)

    last = [ChatMessage(nurse.name, text) for text in "45678"]
    watcher.advance_a_minute().wait_until_live().expect_messages(
        [ChatMessage(romeo.name, "one"), *last]
    )
    shown = watcher.page.locator("#log .text, #log .gap")
    gap = "4 older messages are no longer available"
    expect(shown).to_have_text(["one", gap, *"45678"])


def test_a_recreated_history_is_separated_from_the_old_one(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    juliet = visit(site).ignore_errors(OUTAGE).join("Juliet")
    juliet.send("in the old history")
    juliet.expect_message("in the old history")
    juliet.page.clock.install()
    site.program.stop()
    juliet.send("in between")

    site = restart(sandbox, engine, site)
    juliet.advance_a_minute().wait_until_live().expect_message("in between").send(
        "in the new history"
    )

    texts = ["in the old history", "in between", "in the new history"]
    juliet.expect_messages([ChatMessage("Juliet", text) for text in texts])
    expect(juliet.page.locator("#log .gap")).to_have_count(1)
    assert site.history() == [ChatMessage("Juliet", text) for text in texts[1:]]
    expect(juliet.page.locator("#m1")).to_contain_text("in between")


def test_messages_missing_from_a_restored_history_have_no_links(
    sandbox: Sandbox, visit: Visits, engine: str, tmp_path: Path
) -> None:
    path, earlier = tmp_path / "history.db", tmp_path / "earlier.db"
    site = serve(sandbox, engine, "--history", str(path))
    romeo = sandbox.join(site.port)
    romeo.send_messages("one")
    romeo.expect("one")
    site.program.stop()
    shutil.copy(path, earlier)
    site = restart(sandbox, engine, site, "--history", str(path))
    watcher = visit(site).ignore_errors(OUTAGE).wait_until_live()
    romeo = sandbox.join(site.port)
    romeo.send_messages("two", "three")
    watcher.expect_message("three").page.clock.install()
    site.program.stop()

    restart(sandbox, engine, site, "--history", str(earlier))

    watcher.advance_a_minute().wait_until_live()
    expect(watcher.page.locator("#log .gap")).to_have_count(1)
    links = watcher.page.locator("#log .message a[href]")
    expect(links).to_have_count(1)
    expect(links).to_have_attribute("href", "/m/1#m1")


def test_a_pending_message_is_sent_before_a_pending_rename(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    juliet = visit(site).ignore_errors(OUTAGE).join("Juliet")
    juliet.page.clock.install()
    site.program.stop()
    juliet.send("by any other name")
    juliet.rename("Capulet")
    expect(juliet.page.locator("#name-error")).to_contain_text("no connection yet")

    restart(sandbox, engine, site)

    juliet.advance_a_minute().wait_until_live().expect_users("Capulet")
    juliet.expect_messages([ChatMessage("Juliet", "by any other name")])


def test_a_rename_on_a_server_that_became_read_only_is_refused(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    juliet = visit(site).ignore_errors(OUTAGE).join("Juliet")
    juliet.page.clock.install()
    site.program.stop()

    restart(sandbox, engine, site, "--web", "read")

    juliet.advance_a_minute().wait_until_live().request_name("Capulet")
    error = juliet.page.locator("#name-error")
    expect(error).to_have_text("This page only shows the chat.")


def test_try_now_reconnects_at_once(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    watcher = visit(site).ignore_errors(OUTAGE).wait_until_live()
    watcher.page.clock.install()
    site.program.stop()
    expect(watcher.page.locator("#state")).to_have_text("Stopped")
    watcher.page.clock.pause_at(watcher.page.evaluate("Date.now()") + 10)

    restart(sandbox, engine, site)
    watcher.page.get_by_role("button", name="Try now").click()

    watcher.wait_until_live()


def test_users_who_reconnect_after_a_crash_are_not_announced_again(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    watcher = visit(site).ignore_errors(OUTAGE).wait_until_live()
    juliet = visit(site).ignore_errors(OUTAGE).join("Juliet")
    closed = visit(site).ignore_errors(OUTAGE).join("Romeo")
    watcher.expect_users("Juliet", "Romeo")
    notices = watcher.page.locator("#log .notice")
    expect(notices).to_have_text("Juliet joined, Romeo joined")
    closed.page.close()
    for tab in (watcher, juliet):
        tab.page.clock.install()
    site.program.clean_up()

    restart(sandbox, engine, site)
    for tab in (watcher, juliet):
        tab.page.clock.run_for(10_000)
        tab.wait_until_live()
    watcher.expect_users("Juliet")
    watcher.page.clock.run_for(31_000)

    joined = "Juliet joined, Romeo joined"
    expect(notices).to_have_text([joined, "Romeo left"])  # with a gap between them
    expect(juliet.page.locator("#log .notice")).to_have_text(joined)
