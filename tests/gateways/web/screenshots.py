"""Take screenshots of the page in every state, for people: `make screenshots`.

The directory `screenshots` has each state wide, narrow and low, light and dark. No test
compares them.
"""

import json
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from parlour.gateways.web.allowed_origins import foreign_origin
from tests.gateways.web.account_states import (
    account_menu,
    account_page,
    changed_password,
    failed_registration,
    failed_sign_in,
    registered_name,
    sign_in_form,
    signed_out,
)
from tests.gateways.web.browser import (
    NARROW,
    OUTAGE,
    WIDE,
    Locator,
    Tab,
    Visits,
    expect,
)
from tests.gateways.web.chromium import chromium
from tests.gateways.web.hostile_input import NAMES, TEXTS
from tests.gateways.web.narrow_window import menu_button, search_for
from tests.gateways.web.order_states import (
    acts,
    menu_of_a_user,
    mute_dialog,
    muted,
    page_of_a_room,
    removed,
)
from tests.gateways.web.site import Site, serve
from tests.programs.launch import ROOT
from tests.programs.sandbox import Sandbox
from tests.programs.sockets import SocketClient

DIRECTORY = ROOT / "screenshots"
SHAPES = [(WIDE, "wide"), (NARROW, "narrow"), ((844, 390), "low")]
LONG = (
    "Anon, good nurse! Sweet Montague, be true. Stay but a little, I will come again. "
    "Three words, dear Romeo, and good night indeed. If that thy bent of love be "
    "honourable, thy purpose marriage, send me word to-morrow."
)
LINES = """It is said at http://example.org/verona?night=1 where they meet.
Bring:
\t- a ladder
\t- a friar"""
TALK = [
    ("Romeo", "But, soft! what light through yonder window breaks?"),
    ("Romeo", "It is the east, and Juliet is the sun."),
    ("Juliet", "Ay me!"),
    ("Nurse", "Madam!"),
    ("Nurse", LINES),
    ("Juliet", LONG),
    ("Žofie Nováková", "příliš žluťoučký kůň 🐎"),
    ("نور", "مرحبا بالجميع"),
    ("Romeo", "👍"),
    ("Mercutio", "A plague o' both your houses!"),
    ("Mercutio", "They have made worms' meat of me"),
]


MARKED = [
    ("Romeo", "Benvolio, is `make test` **green**? See https://example.org/build/128."),
    (
        "Nurse",
        "> Ay me!\nShe speaks.\n```\nif night:\n    climb(ladder)\n```\nSo be it.",
    ),
]

ROOMS = {
    "garden": "Under the balcony, after dark; bring a ladder, and no Capulet but one",
    "kuchyně": "Kdo vaří?",
    "vault": "",
}
QUESTIONS = ["Is the day so young?", "But new struck nine.", "What sadness lengthens?"]


class Users:
    """Users who send messages, each through a connection of its own."""

    def __init__(self, sandbox: Sandbox, site: Site, visit: Visits) -> None:
        self._sandbox, self.site, self.visit = sandbox, site, visit
        self._clients: dict[str, SocketClient] = {}

    def send(self, messages: list[tuple[str, str]]) -> None:
        """Send *messages*, pairs of name and text, in order."""
        for name, text in messages:
            if name not in self._clients:
                self._clients[name] = self._join(name)
            self._clients[name].send_messages(text)
            self._clients[name].expect(f": {text}")

    def _join(self, name: str) -> SocketClient:
        client = self._sandbox.join(self.site.port)
        client.send(json.dumps({"type": "set-name", "data": name}).encode() + b"\n")
        return client


REFUSAL = {
    "allowed": False,
    "reason": foreign_origin("http://chat.example.org:8443", "chat.example.org"),
}

# -- states: each function brings the tab into one ------------------------------


def empty_room(_users: Users, tab: Tab) -> None:
    tab.go().wait_until_live()


def conversation(users: Users, tab: Tab) -> None:
    users.send(TALK[:5])
    tab.go().wait_until_live()
    users.send(TALK[5:])
    tab.expect_message(TALK[-1][1])


def joined(users: Users, tab: Tab) -> None:
    conversation(users, tab)
    tab.join("Benvolio").send("Part, fools!")
    tab.expect_message("Part, fools!").box.fill(
        "Put up your swords;\nyou know not what you do."
    )


def markup(users: Users, tab: Tab) -> None:
    users.send(TALK[:3])
    tab.go().wait_until_live()
    users.send(MARKED)
    tab.join("Benvolio").send("/me draws", "I do but keep the *peace*.")
    tab.expect_message("I do but keep the *peace*.").box.press_sequentially("@")


def refused_name(users: Users, tab: Tab) -> None:
    conversation(users, tab)
    tab.request_name("Romeo")
    expect(tab.page.locator("#name-error")).not_to_be_empty()


def hostile_input(users: Users, tab: Tab) -> None:
    messages = [
        (NAMES[each % len(NAMES)], text) for each, text in enumerate(TEXTS[:16])
    ]
    users.send(messages)
    tab.go().wait_until_live()


def tall_message(users: Users, tab: Tab) -> None:
    users.send([(NAMES[0], TEXTS[-1]), *TALK[:3]])
    tab.go().wait_until_live()


def reconnecting(users: Users, tab: Tab) -> None:
    joined(users, tab)
    users.site.program.signal(9)
    users.site.program.wait()
    expect(tab.status).to_be_visible()
    tab.send("Is anybody there?")


def read_only(users: Users, tab: Tab) -> None:
    conversation(users, tab)


def search_results(users: Users, tab: Tab) -> None:
    users.send(TALK)
    tab.go("search?q=romeo")


def overlay(users: Users, tab: Tab) -> None:
    joined(users, tab)
    search_for(tab, "rom")
    expect(tab.page.get_by_role("dialog").locator("mark").first).to_be_visible()


def refused_origin(users: Users, tab: Tab) -> None:
    users.send(TALK)
    tab.page.route("**/ws?origin=*", lambda route: route.fulfill(json=REFUSAL))
    tab.page.route_web_socket("**/ws", lambda socket: socket.close())
    tab.go()
    expect(tab.page.locator("#state")).to_have_text("Refused")


def single_message(users: Users, tab: Tab) -> None:
    users.send(TALK)
    tab.go("m/6#m6")


def older_messages(users: Users, tab: Tab) -> None:
    users.send(TALK)
    tab.go("?before=5")


def not_found(_users: Users, tab: Tab) -> None:
    tab.ignore_errors("404").go("nowhere")


def user_list(users: Users, tab: Tab) -> None:
    conversation(users, tab)
    if not tab.page.locator("#names").is_visible():
        tab.page.locator("#people summary").click()


def commands(users: Users, tab: Tab) -> None:
    joined(users, tab)
    tab.send("/help")


def rooms(users: Users, tab: Tab) -> None:
    """Show the lobby, with unread messages, mentions and direct messages elsewhere."""
    users.send(TALK[:7])
    juliet = users.visit(users.site).join("Juliet Capulet")
    tab.go().join("Benvolio")
    for room, topic in ROOMS.items():
        juliet.join_room(room).send(f"/topic {topic}", *QUESTIONS[:2])
        tab.send(f"/join {room}")
        tab.expect_message(QUESTIONS[1])
    tab.go()
    expect(tab.page.locator("#title")).to_have_text("#lobby")
    juliet.send(QUESTIONS[2])
    juliet.open_room("#garden").send("Benvolio, have you seen him?")
    juliet.send("/msg Benvolio Psst!")
    juliet.expect_room("Benvolio").send("Where is Romeo?")
    juliet.expect_message("Where is Romeo?")
    expect(tab.page).to_have_title(re.compile(r"\(\d\)"))
    tab.page.wait_for_timeout(500)


def drawer(users: Users, tab: Tab) -> None:
    rooms(users, tab)
    if tab.page.locator("#menu").is_visible():
        tab.page.locator("#menu").click()


def new_messages(users: Users, tab: Tab) -> None:
    rooms(users, tab)
    tab.open_room("#garden")


def direct_messages(users: Users, tab: Tab) -> None:
    rooms(users, tab)
    tab.open_room("Juliet Capulet").send("Under the balcony.")
    tab.expect_message("Under the balcony.")


def person(users: Users, tab: Tab) -> None:
    rooms(users, tab)
    if not tab.page.locator("#names").is_visible():
        tab.page.locator("#people summary").click()
    tab.page.locator("#names").get_by_role("button", name="Nurse").click()


def button(tab: Tab, name: str) -> Locator:
    """Return a button of the room, which is in the menu of a narrow window."""
    found = tab.page.get_by_role("button", name=name)
    return found if found.is_visible() else menu_button(tab, name)


def menu(users: Users, tab: Tab) -> None:
    rooms(users, tab)
    tab.page.get_by_role("button", name="Menu").click()


def topic_form(users: Users, tab: Tab) -> None:
    rooms(users, tab)
    button(tab.open_room("#garden"), "Topic").click()


def not_in_room(users: Users, tab: Tab) -> None:
    rooms(users, tab)
    menu_button(tab.open_room("#garden"), "Leave room").click()
    expect(tab.page.locator("#outside-text")).to_be_visible()


def closed_room(users: Users, tab: Tab) -> None:
    users.send(TALK[:3])
    tab.ignore_errors("404").go("r/orchard").wait_until_live()


def list_of_rooms(users: Users, tab: Tab) -> None:
    rooms(users, tab)
    tab.go("rooms")


def search_all_rooms(users: Users, tab: Tab) -> None:
    rooms(users, tab)
    tab.go("search?q=new&room=lobby+garden+vault")


ACCOUNTS: list[Callable[[object, Tab], None]] = [
    sign_in_form, failed_sign_in, failed_registration, registered_name, account_menu,
    account_page, changed_password, signed_out,
]  # fmt: skip
ORDER: list[Callable[[object, Tab], None]] = [
    acts, menu_of_a_user, mute_dialog, page_of_a_room, muted, removed,
]  # fmt: skip
STATES: list[Callable[[Users, Tab], None]] = [
    empty_room, conversation, joined, markup, refused_name, user_list, hostile_input,
    tall_message, reconnecting, refused_origin, read_only, search_results, overlay,
    single_message, older_messages, not_found, rooms, new_messages, direct_messages,
    drawer, menu, person, topic_form, not_in_room, closed_room, list_of_rooms,
    search_all_rooms, commands, *ACCOUNTS, *ORDER,
]  # fmt: skip


@contextmanager
def sandboxes() -> Iterator[Sandbox]:
    with TemporaryDirectory() as home, Sandbox(Path(home)) as sandbox:
        yield sandbox


def main() -> None:
    """Take all screenshots, or those of the states that the arguments name."""
    DIRECTORY.mkdir(exist_ok=True)
    chosen = [state for state in STATES if state.__name__ in sys.argv[1:]] or STATES
    with chromium() as browser:
        for state in chosen:
            for size, shape in SHAPES:
                for is_dark in (False, True):
                    theme = "dark" if is_dark else "light"
                    name = f"{state.__name__.replace('_', '-')}-{shape}-{theme}.png"
                    take(
                        Visits(browser), state, DIRECTORY / name, size, is_dark=is_dark
                    )


def take(
    visits: Visits,
    show: Callable[[Users, Tab], None],
    path: Path,
    size: tuple[int, int],
    *,
    is_dark: bool,
) -> None:
    """Take one screenshot, and print its path and the errors of the tab."""
    with ExitStack() as cleanup:
        sandbox = cleanup.enter_context(sandboxes())
        options = ["--web", "read"] if show is read_only else []
        options += ["--history", "memory"] if show in (*ACCOUNTS, *ORDER) else []
        site = serve(sandbox, "async", *options)
        tab = visits.prepare(
            site, size=size, is_dark=is_dark, is_phone=size != WIDE
        ).ignore_errors(OUTAGE)
        show(Users(sandbox, site, visits), tab)
        tab.page.mouse.move(0, 0)
        tab.page.screenshot(path=path)
    print(path.relative_to(ROOT), *visits.close())


if __name__ == "__main__":
    main()
