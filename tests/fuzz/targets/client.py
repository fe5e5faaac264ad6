"""The client, at a server that may be hostile: what it sends and what it shows.

An input is a script: ``<`` is a line of the server, ``>`` one that the user types, and
the signs of `_Client.act` do the rest. The first line chooses the kind of client.
"""

import re
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from parlour.client.conversation import Conversation
from parlour.client.io.key_file import KeyFile
from parlour.client.io.known_hosts import KnownHosts
from parlour.client.io.private_file import PrivateFileError
from parlour.client.protocol.plain import MAX_LINE as MAX_SENT
from parlour.client.protocol.secret import Secret
from parlour.client.protocol.sign_in import StoreKey
from parlour.client.room_views.screen import RoomDisplay
from parlour.client.terminal.colors import ColorDepth
from parlour.client.terminal.formatter import Formatter, Widths
from parlour.client.terminal.line_wrapping import TerminalWidth
from parlour.client.terminal.rich.formatter import RichFormatter
from parlour.client.terminal.screen_reader.formatter import SpokenFormatter
from parlour.client.terminal.shown_items import ShownItem
from parlour.core.names.folding import fold_key
from tests.client.server_lines import room, welcome, welcome_to_rooms
from tests.fuzz.target import Target, number_of, steps
from tests.fuzz.targets.texts import assert_safe

CLOCK: Final = "2026-11-24T14:02:00+00:00"
STYLES: Final = re.compile(r"\x1b\[[0-9;]*m")
WAITS: Final = (0.1, 1.0, 5.0, 31.0, 700.0)
WIDTHS: Final = (4, 20, 80)
MAX_SHOWN: Final = 1 << 20  # characters for one step


class _Client:
    """A client, and what a person, a pipe and a screen reader see of it."""

    def __init__(self, kind: bytes) -> None:
        self.now = 0.0
        is_interactive, self.is_in_rooms = b"i" in kind, b"r" in kind
        self.conversation = Conversation(
            interactive=is_interactive,
            name="me",
            token="t" * 20,
            reconnects=b"c" in kind,
            completes_names=is_interactive,
            jitter=lambda: 0.5,
            rooms=("lobby", "dev") if self.is_in_rooms else ("lobby",),
            room_display=RoomDisplay.CURRENT if is_interactive else RoomDisplay.EXACT,
        )
        columns = TerminalWidth(WIDTHS[number_of(kind, 0, len(WIDTHS) - 1)])
        self._widths = (Widths(), Widths(columns, columns))
        self._plain = (Formatter(), Formatter(json=True), SpokenFormatter(echo=True))
        self._styled = (
            Formatter(color=ColorDepth.TRUE, echo=True),
            RichFormatter(color=ColorDepth.TRUE, has_styles=True),
        )

    def welcome(self) -> None:
        self.receive(
            welcome_to_rooms("me") + room("lobby", 4) + room("dev", 4)
            if self.is_in_rooms
            else welcome(4, you="me")
        )

    def receive(self, data: bytes) -> None:
        if self.conversation.wants_data:
            self.conversation.receive(data, self.now)

    def act(self, kind: str, rest: bytes) -> None:
        """Take one step of the script."""
        conversation = self.conversation
        match kind:
            case "<":
                self.receive(rest + b"\n")
            case "(":
                self.receive(rest)  # a piece of a line
            case ">":
                typed = rest.decode("utf-8", "replace")
                conversation.submit_line(typed, self.now)
            case "w":
                self.welcome()
            case ".":
                self.now += WAITS[number_of(rest, 0, len(WAITS) - 1)]
                conversation.tick(self.now)
            case "-":
                conversation.disconnected(self.now)
            case "+" if conversation.wants_connection:
                conversation.begin_attempt()
                conversation.connected(self.now)
            case _:
                pass
        self.check()

    def check(self) -> None:
        """Raise AssertionError if it sends or shows anything that it must not."""
        for line in self.conversation.data_to_send().split(b"\n"):
            assert len(line) <= MAX_SENT + 100
        self.conversation.written(0, self.now)
        shown = self.conversation.items_to_show()
        self.conversation.key_changes()
        assert_safe(f"{self.conversation.status(self.now)}")
        for widths in self._widths:
            self._render(shown, widths)

    def _render(self, shown: list[ShownItem], widths: Widths) -> None:
        for formatter, clock in product(self._plain, ("", "12:00 ")):
            lines = formatter.lines(shown, clock, widths)
            assert sum(len(line.text) for line in lines) <= MAX_SHOWN
            for line in lines:
                assert_safe(line.text)
        for styled in self._styled:
            for line in styled.lines(shown, CLOCK, widths):
                assert_safe(STYLES.sub("", line.text))


def fuzz_client(data: bytes) -> None:
    first, _, rest = data.partition(b"\n")
    client = _Client(first)
    client.act("w" if b"w" in first else "", b"")
    for kind, argument in steps(rest):
        client.act(kind, argument)
    client.act("-", b"")
    client.act(".", b"4")
    client.act("+", b"")


def fuzz_key_file(data: bytes) -> None:
    """A file of keys is read, or refused and then left as it is."""
    with TemporaryDirectory(prefix="fuzz-") as name:
        path = Path(name) / "keys.json"
        path.write_bytes(data)
        path.chmod(0o600)
        file = KeyFile(path, "localhost:5555")
        try:
            keys = file.read().keys
        except PrivateFileError:
            assert file.change([StoreKey("romeo", Secret("key"))]) != ""
            assert path.read_bytes() == data
            return
        assert file.change([StoreKey("romeo", Secret("key"))]) == ""
        others = {name for name in keys if fold_key(name) != fold_key("romeo")}
        assert file.read().keys.keys() >= others


def fuzz_known_hosts(data: bytes) -> None:
    """A file of known servers is read and extended, or refused and left as it is."""
    pin = ":".join(["AB"] * 32)
    with TemporaryDirectory(prefix="fuzz-") as name:
        path = Path(name) / "known_hosts"
        path.write_bytes(data)
        path.chmod(0o600)
        hosts = KnownHosts(path)
        try:
            known = hosts.all()
        except PrivateFileError:
            assert path.read_bytes() == data
            return
        hosts.remember("Chat.example.org:5556", pin)
        others = [each for each in known if each.server != "chat.example.org:5556"]
        assert hosts.find("chat.example.org:5556") == pin
        assert [each for each in hosts.all() if each.fingerprint][:-1] == others


WORDS: Final = tuple(
    word.encode()
    for word in (
        *('"type":"', '"data":{', '"welcome"', '"room"', '"message"', '"source"'),
        *('"sequence":', '"epoch":"e"', '"time":"2026-11-24T14:02:00Z"', '"lobby"'),
        *('"joined"', '"left"', '"renamed"', '"to":', '"topic"', '"by"', '"closed"'),
        *('"rooms":[', '"users":[', '"history"', '"found"', '"messages":[', '"more"'),
        *('"missed"', '"events":', '"resume_after":', '"error"', '"code"', '"reason"'),
        *('"account"', '"devices"', '"act"', '"sanctions"', '"why"', '"audit"'),
        *('"invited"', '"invitations"', '"announcement"', '"kept"', '"unkept"'),
        *('"read"', '"unread":', '"mentions":', '"ping"', '"pong"', '"token"', '"bye"'),
        *('"stored"', '"id":"1"', '"ignored"', '"names"', '"direct:1"', '"with"'),
        *("\\u001b[2J", "\\n", "\\u202e", "\\ud800", "null", "true", "9" * 30, "-1"),
        *("\n<", "\n>", "\n.4", "\n-", "\n+", ">/users", ">/history 5", ">/join dev"),
        *(">/search x", ">/msg you hi", ">/setname b", ">/show 5", ">/login", ">hi"),
    )
)
KEY_FILE: Final = (b'{"version":1,"servers":{', b'"localhost:5555":{', b'"addresses"')
HOSTS: Final = (b"chat.example.org:5556 sha256 ", b"AB:" * 31 + b"AB", b" 2026-11-28\n")
TARGETS: Final = (
    Target(fuzz_client, WORDS, 4096),
    Target(fuzz_key_file, KEY_FILE),
    Target(fuzz_known_hosts, HOSTS),
)
