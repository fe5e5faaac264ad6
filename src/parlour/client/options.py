"""What may be asked of the client."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Choice = Literal["auto", "always", "never"]
Engine = Literal["async", "threads"]


@dataclass(frozen=True, slots=True)
class Options:
    """One run of the client, decided once and passed down."""

    server: str
    port: int
    name: str | None = None  # taken with set-name before anything is said
    any_name: bool = False  # a pipe goes on if it is refused
    engine: Engine = "async"
    plain: bool = False  # line input and line output, even on a terminal
    json: bool = False  # print the wire objects instead of lines for people
    color: Choice = "auto"
    recv_size: int = 65536  # bytes asked for in one read of the socket
    dialect: Literal["auto", "plain"] = "auto"  # whether to say hello
    reconnect: bool = False  # come back when the connection is lost
    timestamps: bool = False  # 14:02 before each line (never in JSON)
    trace: Path | None = None  # where to append every line of the wire
