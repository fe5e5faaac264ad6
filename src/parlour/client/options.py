"""The options of the client."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Choice = Literal["auto", "always", "never"]
Engine = Literal["async", "threads"]
Style = Literal["classic", "rich"]

SERVER = "python3 server.py"  # as the assignment starts it


@dataclass(frozen=True, slots=True)
class Options:
    """The options of one run."""

    server: str
    port: int
    start: str = SERVER  # the command that starts a server
    tls: bool = False  # encrypt, and verify who the server is
    ca: Path | None = None  # the authorities that are trusted, in place of others
    fingerprint: str | None = None  # of the only certificate that is trusted
    name: str | None = None  # the initial name; lines wait until it is granted
    account: str | None = None  # to sign in to
    password_command: str | None = None  # its first line is the password
    any_name: bool = False  # continue if the name is refused
    engine: Engine = "async"
    style: Style = "classic"  # of a prompt
    screen_reader: bool = False  # a prompt in which nothing moves, in place of a style
    plain: bool = False  # no prompt, even on a terminal
    json: bool = False  # print the lines of the wire, for programs
    color: Choice = "auto"
    recv_size: int = 65536  # bytes to read from the socket at a time
    dialect: Literal["auto", "plain"] = "auto"  # plain: do not send hello
    reconnect: bool = False  # reconnect when the connection is lost
    invitation: str = ""  # a link, whose room is entered, or whose code registers
    rooms: tuple[str, ...] = ()  # to enter, folded; the server must know rooms
    all_rooms: bool = False  # print the messages of all rooms, with the room in front
    timestamps: bool = False  # print the time before each line; not with json
    no_state: bool = False  # keep nothing for the next run
    trace: Path | None = None  # the file to which every line of the wire is appended
