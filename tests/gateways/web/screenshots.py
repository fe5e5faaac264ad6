"""Screenshots of the page in every state, for people to look at: `make screenshots`.

They go to `screenshots/`, narrow and wide, light and dark, and nothing compares them.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from parlour.gateways.web.allowed_hosts import foreign_origin
from tests.gateways.web.browser import NARROW, OUTAGE, WIDE, Tab, Visits, expect
from tests.gateways.web.chromium import chromium
from tests.gateways.web.hostile_input import NAMES, TEXTS
from tests.gateways.web.site import Site, serve
from tests.programs.launch import ROOT
from tests.programs.sandbox import Sandbox
from tests.programs.sockets import SocketClient

WHERE = ROOT / "screenshots"
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
    ("مريم", "مرحبا بالجميع"),
    ("Romeo", "👍"),
    ("Mercutio", "A plague o' both your houses!"),
    ("Mercutio", "They have made worms' meat of me"),
]


class Cast:
    """Those who speak, each with a connection of its own."""

    def __init__(self, sandbox: Sandbox, site: Site) -> None:
        self._stage, self.site = sandbox, site
        self._peers: dict[str, SocketClient] = {}

    def play(self, said: list[tuple[str, str]]) -> None:
        """Let everybody say what they have to say, in order."""
        for name, text in said:
            if name not in self._peers:
                self._peers[name] = self._enter(name)
            self._peers[name].send_messages(text)
            self._peers[name].expect(f": {text}")

    def _enter(self, name: str) -> SocketClient:
        peer = self._stage.join(self.site.port)
        peer.send(json.dumps({"type": "set-name", "data": name}).encode() + b"\n")
        return peer


REFUSAL = {
    "allowed": False,
    "reason": foreign_origin("http://chat.example.org:8443", "chat.example.org"),
}

# -- what there is to see: each leaves the tab as it is to be seen ----------------


def empty(_cast: Cast, tab: Tab) -> None:
    tab.go().wait_until_live()


def lively(cast: Cast, tab: Tab) -> None:
    cast.play(TALK[:5])
    tab.go().wait_until_live()
    cast.play(TALK[5:])
    tab.expect_message(TALK[-1][1])


def joined(cast: Cast, tab: Tab) -> None:
    lively(cast, tab)
    tab.join("Benvolio").send("Part, fools!")
    tab.expect_message("Part, fools!").box.fill(
        "Put up your swords;\nyou know not what you do."
    )


def refused(cast: Cast, tab: Tab) -> None:
    lively(cast, tab)
    tab.request_name("Romeo")
    expect(tab.page.locator("#name-error")).not_to_be_empty()


def hostile(cast: Cast, tab: Tab) -> None:
    said = [(NAMES[each % len(NAMES)], text) for each, text in enumerate(TEXTS[:16])]
    cast.play(said)
    tab.go().wait_until_live()


def tall(cast: Cast, tab: Tab) -> None:
    cast.play([(NAMES[0], TEXTS[-1]), *TALK[:3]])
    tab.go().wait_until_live()


def reconnecting(cast: Cast, tab: Tab) -> None:
    joined(cast, tab)
    cast.site.program.signal(9)
    cast.site.program.wait()
    expect(tab.status).to_be_visible()
    tab.send("Is anybody there?")


def read_only(cast: Cast, tab: Tab) -> None:
    lively(cast, tab)


def found(cast: Cast, tab: Tab) -> None:
    cast.play(TALK)
    tab.go("search?q=romeo")


def over(cast: Cast, tab: Tab) -> None:
    joined(cast, tab)
    tab.page.locator("#find").fill("rom")
    tab.page.locator("#find").press("Enter")
    expect(tab.page.get_by_role("dialog").locator("mark").first).to_be_visible()


def refused_page(cast: Cast, tab: Tab) -> None:
    cast.play(TALK)
    tab.page.route("**/ws?origin=*", lambda route: route.fulfill(json=REFUSAL))
    tab.page.route_web_socket("**/ws", lambda socket: socket.close())
    tab.go()
    expect(tab.page.locator("#state")).to_have_text("Refused")


def message(cast: Cast, tab: Tab) -> None:
    cast.play(TALK)
    tab.go("m/6#m6")


def earlier(cast: Cast, tab: Tab) -> None:
    cast.play(TALK)
    tab.go("?before=5")


def nowhere(_cast: Cast, tab: Tab) -> None:
    tab.ignore_errors("404").go("nowhere")


def people(cast: Cast, tab: Tab) -> None:
    lively(cast, tab)
    if not tab.page.locator("#names").is_visible():
        tab.page.locator("summary").click()


SIGHTS: list[Callable[[Cast, Tab], None]] = [
    empty, lively, joined, refused, people, hostile, tall,
    reconnecting, refused_page, read_only, found, over, message, earlier, nowhere,
]  # fmt: skip


@contextmanager
def stages() -> Iterator[Sandbox]:
    with TemporaryDirectory() as home, Sandbox(Path(home)) as sandbox:
        yield sandbox


def main() -> None:
    """Take all of them."""
    WHERE.mkdir(exist_ok=True)
    with chromium() as browser:
        for sight in SIGHTS:
            for size, shape in ((WIDE, "wide"), (NARROW, "narrow")):
                for is_dark in (False, True):
                    theme = "dark" if is_dark else "light"
                    name = f"{sight.__name__.replace('_', '-')}-{shape}-{theme}.png"
                    take(Visits(browser), sight, WHERE / name, size, is_dark=is_dark)


def take(
    visits: Visits,
    sight: Callable[[Cast, Tab], None],
    path: Path,
    size: tuple[int, int],
    *,
    is_dark: bool,
) -> None:
    """Take one, and tell what went wrong meanwhile."""
    with ExitStack() as cleanup:
        sandbox = cleanup.enter_context(stages())
        options = ["--web", "read"] if sight is read_only else []
        site = serve(sandbox, "async", *options)
        tab = visits.prepare(site, size=size, is_dark=is_dark).ignore_errors(OUTAGE)
        sight(Cast(sandbox, site), tab)
        tab.page.mouse.move(0, 0)
        tab.page.screenshot(path=path)
    print(path.relative_to(ROOT), *visits.close())


if __name__ == "__main__":
    main()
