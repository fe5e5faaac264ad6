"""Take screenshots of the terminal in every state, for people: `make screenshots`.

They are rendered from the screen of a real pseudo-terminal, each state narrow, usual
and wide, light and dark. No test compares them.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from playwright.sync_api import Page

from tests.gateways.web.chromium import chromium

from .launch import ROOT, Server, start_server
from .sandbox import Sandbox
from .sockets import SocketClient
from .terminal import Terminal
from .terminal_picture import DARK, LIGHT, page_of

DIRECTORY: Final = ROOT / "screenshots"
SIZES: Final = {"narrow": (24, 40), "usual": (24, 80), "wide": (36, 150)}
THEMES: Final = {"light": (LIGHT, "0;15"), "dark": (DARK, "15;0")}
"""The themes, with what such a terminal has in COLORFGBG."""

CODE: Final = """Try this:
```
if night:
    climb(ladder)
```
> so she said
and **mind** the _friar_, see https://example.org/verona?night=1"""
FOCUS_OUT: Final = "\x1b[O"
LONG: Final = (
    "Anon, good nurse! Sweet Montague, be true. Stay but a little, I will come again. "
    "Three words, my dear, and good night indeed."
)


class Stage(NamedTuple):
    """A server, the user at a terminal of some size, and other users."""

    sandbox: Sandbox
    server: Server
    size: tuple[int, int]

    def join(self, *options: str, style: str = "rich", name: str = "Romeo") -> Terminal:
        """Start the client of a user."""
        where = ["127.0.0.1", str(self.server.port), "--name", name, "--no-state"]
        command = "-m", "parlour", *where, "--style", style, *options
        terminal = self.sandbox.start_on_terminal(*command, size=self.size)
        terminal.expect(name)
        terminal.wait_for_prompt()
        return terminal

    def user(self, name: str) -> SocketClient:
        """Connect another user."""
        return self.sandbox.join(self.server.port).take_name(name)


def talk(stage: Stage, terminal: Terminal) -> SocketClient:
    """Have Juliet and the user talk; return Juliet."""
    juliet = stage.user("Juliet")
    juliet.send_messages("Is anyone there?", LONG)
    terminal.expect("indeed")
    terminal.enter("At a terminal, as always.")
    juliet.expect("as always.")
    terminal.wait_until(
        lambda: any("as always." in row and ">" not in row for row in terminal.lines),
        "the line above the prompt",
    )
    return juliet


def conversation(stage: Stage) -> Terminal:
    terminal = stage.join()
    juliet = talk(stage, terminal)
    builds = stage.user("builds")
    builds.send_messages("build 128 is **green**: `make check` took 570 s")
    juliet.send_messages("Romeo, can you look at #dev?", "Žofie has it: 漢字 👍🏽")
    terminal.expect("漢字")
    terminal.press("Good night, fair l")
    terminal.expect("fair l")
    return terminal


def classic(stage: Stage) -> Terminal:
    terminal = stage.join(style="classic")
    talk(stage, terminal)
    return terminal


def screen_reader(stage: Stage) -> Terminal:
    terminal = stage.join("--screen-reader")
    juliet = talk(stage, terminal)
    juliet.send_messages("Romeo?", *(f"line {number}" for number in range(9)))
    terminal.expect("new messages")
    return terminal


def markup(stage: Stage) -> Terminal:
    terminal = stage.join()
    stage.user("Nurse").send_messages(CODE, "/me waves")
    terminal.expect("waves")
    return terminal


def long_message(stage: Stage) -> Terminal:
    terminal = stage.join()
    stage.user("Nurse").send_messages("\n".join("abcdefgh" * 4))
    terminal.expect("more lines")
    return terminal


def away(stage: Stage) -> Terminal:
    terminal = stage.join()
    juliet = talk(stage, terminal)
    terminal.press(FOCUS_OUT)
    terminal.expect("away")
    juliet.send_messages("Romeo?", "Never mind.")
    terminal.expect("Never mind.")
    return terminal


def first_visit(stage: Stage) -> Terminal:
    stage.user("Juliet").send_messages("before", "you came")
    terminal = stage.join()
    terminal.expect("you are live")
    return terminal


def rooms(stage: Stage) -> Terminal:
    terminal = stage.join()
    juliet = talk(stage, terminal)
    other = stage.join("--room", "dev", "--room", "lobby", name="Paris")
    terminal.enter("/join dev")
    terminal.expect("──── #dev")
    terminal.enter("/topic release on Friday")
    other.enter("Tybalt is late")
    terminal.expect("Tybalt is late")
    other.enter("/msg Romeo psst, a word")
    terminal.expect("psst, a word")
    juliet.send_messages("a", "b", "Romeo, here")
    terminal.expect("Romeo, here")
    terminal.enter("/rooms")
    terminal.expect("3 users")
    return terminal


def offline(stage: Stage) -> Terminal:
    terminal = stage.join("--reconnect")
    talk(stage, terminal)
    stage.server.program.signal(9)
    stage.server.program.wait()
    terminal.expect("Server disconnected")
    terminal.enter("Is anybody there?")
    terminal.expect("Is anybody there?")
    return terminal


def answers(stage: Stage) -> Terminal:
    terminal = stage.join()
    talk(stage, terminal)
    terminal.enter("/search good")
    terminal.expect("indeed", 2)
    terminal.enter("/users")
    terminal.expect("2 users")
    terminal.enter("/setname Juliet")
    terminal.expect("taken")
    return terminal


def help_text(stage: Stage) -> Terminal:
    terminal = stage.join()
    terminal.enter("/help")
    terminal.expect("/quit")
    return terminal


def no_colour(stage: Stage) -> Terminal:
    stage.sandbox.setenv("NO_COLOR", "1")
    return conversation(stage)


STATES: Final[list[Callable[[Stage], Terminal]]] = [
    conversation, classic, screen_reader, markup, long_message, away, first_visit,
    rooms, offline, answers, help_text, no_colour,
]  # fmt: skip


def wait_for_prompt(terminal: Terminal) -> None:
    """Wait until the prompt is drawn below the messages, and the cursor is in it."""

    def is_drawn() -> bool:
        before, sign, _ = f"{terminal.lines[-1]} ".partition("> ")
        is_behind = terminal.screen.cursor.x >= len(before) + len(sign)
        return bool(sign) and is_behind

    terminal.wait_until(is_drawn, "a prompt")


def take(page: Page, show: Callable[[Stage], Terminal], shape: str) -> None:
    """Take the screenshots of one state at one size."""
    for name, (theme, colours) in THEMES.items():
        with TemporaryDirectory() as home, Sandbox(Path(home)) as sandbox:
            sandbox.setenv("COLORFGBG", colours)
            stage = Stage(sandbox, start_server(sandbox, "async"), SIZES[shape])
            terminal = show(stage)
            if show not in {screen_reader, classic}:
                wait_for_prompt(terminal)
            state = show.__name__.replace("_", "-")
            path = DIRECTORY / f"terminal-{state}-{shape}-{name}.png"
            page.set_content(page_of(terminal, theme))
            page.locator("pre").screenshot(path=path)
            print(path.relative_to(ROOT))


def main() -> None:
    """Take all screenshots, or those of the states that the arguments name."""
    DIRECTORY.mkdir(exist_ok=True)
    chosen = [state for state in STATES if state.__name__ in sys.argv[1:]] or STATES
    with chromium() as browser:
        page = browser.new_page(device_scale_factor=2)
        for state in chosen:
            for shape in SIZES:
                take(page, state, shape)


if __name__ == "__main__":
    main()
