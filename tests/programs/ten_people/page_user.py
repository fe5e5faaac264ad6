"""A user of the page in a browser."""

import json
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from playwright.sync_api import Locator, WebSocket

from tests.gateways.web.browser import OUTAGE, Visits, exactly, expect
from tests.gateways.web.narrow_window import menu_button
from tests.proof.records import LOBBY, ClientRecord, Received, RoomView

from .users import DIRECT_SIGN, Meeting, User
from .wire_record import WireRecord


class PageUser(User):
    """A user of a tab, who sees one room at a time."""

    def __init__(
        self,
        meeting: Meeting,
        visit: Visits,
        url: str,
        name: str,
        rooms: Sequence[str],
    ) -> None:
        super().__init__(meeting, name, rooms)
        self._wire = WireRecord(meeting, self.record, rooms)
        self._frames: list[str] = []
        self._recorded = 0  # frames
        self._pages: list[str] = []  # their HTML
        self._shown = ClientRecord(name)
        self.tab = visit.prepare(url).ignore_errors(OUTAGE)
        self.tab.page.on("websocket", self._listen)
        first, *self._others = rooms
        self.tab.go("" if first == LOBBY else f"r/{quote(first)}")
        self._pages.append(self.tab.page.content())

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: self._frames.append(str(frame)))
        socket.on("framesent", lambda frame: self._sent(str(frame)))

    def _sent(self, frame: str) -> None:
        line = json.loads(frame)
        if line["type"] == "message":
            self._wire.texts[line["data"]["id"]] = line["data"]["message"]

    def wait_until_here(self) -> None:
        self.tab.wait_until_live().join(self.name)
        for room in self._others:
            self.tab.page.get_by_text("+ Room").click()
            self.tab.page.get_by_label("Join a room").fill(room)
            self.tab.page.get_by_label("Join a room").press("Enter")
            self._expect_room(room)

    def _link(self, room: str) -> Locator:
        links = self.tab.page.get_by_role("navigation", name="Rooms").locator("a.place")
        title = self.tab.page.locator(".hash", has_text=exactly(title_of(room)))
        return links.filter(has=title)

    def _expect_room(self, room: str) -> None:
        expect(self.tab.page.locator("#title")).to_have_text(title_of(room))

    def go_to(self, room: str) -> None:
        """Show *room*."""
        self._link(room).click()
        self._expect_room(room)

    def command(self, line: str) -> None:
        self.tab.send(line)

    def type_in(self, room: str, text: str) -> None:
        self.go_to(room)
        self.tab.send(text)

    def read(self, room: str, texts: Iterable[str]) -> None:
        self.go_to(room)
        for text in texts:
            self.tab.expect_message(text)
        self._record_frames()

    def read_rename(self, room: str, name: str, to: str) -> None:
        self.go_to(room)
        notices = self.tab.page.locator("#log .notice")
        expect(notices.filter(has_text=f"{name} is now {to}")).to_have_count(1)

    def read_topic(self, room: str, topic: str) -> None:
        self.go_to(room)
        expect(self.tab.page.locator("#topic")).to_have_text(topic)

    def read_unsent(self, name: str, text: str) -> None:
        self.go_to(DIRECT_SIGN + name)
        waiting = self.tab.pending.filter(has_text=text)
        expect(waiting).to_contain_text("not sent: the conversation is over")
        people = self.tab.page.locator("#names .name").all_text_contents()
        assert sorted(people) == sorted([self.name, name])
        waiting.get_by_role("button", name="Drop").click()
        self.tab.page.get_by_role("button", name="Close").click()

    def read_people(self, room: str, names: Iterable[str]) -> None:
        """Look at *room* until exactly these users are there."""
        self.go_to(room)
        people, wanted = self.tab.page.locator("#names .name"), sorted(names)
        expect(people).to_have_count(len(wanted))
        assert sorted(people.all_text_contents()) == wanted

    def reload(self) -> None:
        """Load the page again."""
        self.tab.page.reload()
        self.tab.wait_until_live()
        self._pages.append(self.tab.page.content())

    def notice_outage(self) -> None:
        expect(self.tab.page.locator("#state")).to_have_text("Offline")

    def notice_return(self) -> None:
        self.tab.page.evaluate("dispatchEvent(new Event('online'))")
        self.tab.wait_until_live()

    def quit(self) -> int:
        self._pages.append(self.tab.page.content())
        self._shown = self._record_page()
        menu_button(self.tab, "Leave chat").click()
        expect(self.tab.name_box).to_be_visible()
        return 0

    def everything_received(self) -> str:
        return "\n".join([*self._pages, *self._frames])

    def complete_record(self) -> None:
        self._record_frames()
        assert not self._wire.faults

    def records(self) -> list[ClientRecord]:
        return [self.record, self._shown]

    def _record_page(self) -> ClientRecord:
        """Return a record of what the page shows, room by room."""
        record = ClientRecord(self.record.name, self.record.names)
        for room in sorted(self.rooms):
            self.go_to(room)
            messages = [
                Received(0, each.name, each.text, next(self.meeting.steps))
                for each in self.tab.messages()
            ]
            record.views.append(RoomView(room, events=[*messages], is_plain=True))
        return record

    def _record_frames(self) -> None:
        for frame in self._frames[self._recorded :]:
            for line in filter(None, frame.split("\n")):
                self._wire.add(line)
        self._recorded = len(self._frames)


def title_of(room: str) -> str:
    """Return how the page names *room*."""
    is_direct = room.startswith(DIRECT_SIGN)
    return room.removeprefix(DIRECT_SIGN) if is_direct else f"#{room}"
