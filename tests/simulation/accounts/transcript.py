"""What one client has sent and received, line by line."""

from typing import Any, NamedTuple


class Line(NamedTuple):
    """A line, and when it was sent or received.

    *place* is the number of entries in the ledger then, and *applied* the number of
    those that the server knew. *time* is wall time.
    """

    connection: int
    is_sent: bool
    kind: str
    data: dict[str, Any]
    place: int
    applied: int
    time: float


class Transcript:
    """The lines of a client, in order, and who it is.

    *person* is `account N`, or the hash of the token of a guest; *network* is that of
    its address.
    """

    def __init__(self, name: str, token: str, network: str, account: int = 0) -> None:
        self.name, self.token, self.network = name, token, network
        self.account = account
        self.lines = list[Line]()
        self.sent = dict[str, str]()
        """The texts of its messages, by their ids."""
        self.keys = dict[int, str]()
        """The hash of the key of each connection; a guest has none."""
        self.is_here = False
        """Whether it is connected when the run ends."""
        self.starts = dict[int, Line]()
        """The hello of each connection."""
        self.welcomed = set[int]()
        """The connections on which the server has welcomed it."""

    def add(self, line: Line) -> None:
        """Add a line that was sent or received."""
        self.lines.append(line)
        if line.kind == "hello":
            self.starts[line.connection] = line
        elif line.kind == "welcome":
            self.welcomed.add(line.connection)

    @property
    def person(self) -> str:
        return f"account {self.account}" if self.account else self.token
