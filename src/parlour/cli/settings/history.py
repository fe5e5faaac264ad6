"""The settings of the history: where it is, and how much of it is kept."""

from typing import Final

from ..option_types import BoundType, HistoryType, each_kind_once
from .setting import Setting

HISTORY: Final = (
    Setting(
        name="history",
        type=HistoryType(),
        derived="a file for each port, in your state directory; memory with --port 0",
        metavar="FILE|memory",
        help="Where messages are stored.",
        details="Where the default file is, and what it consists of, is described "
        "[below the table of options](cli.md#where-the-history-is).",
        example="chat.db",
    ),
    Setting(
        name="max-history",
        type=BoundType(),
        derived="1000000 messages in a file, 2048 in memory; 1GiB; any age",
        metavar="COUNT|SIZE|AGE",
        is_multiple=True,
        callback=each_kind_once,
        help="Limit of the history of a room: 50000 messages, 500MB of text, or 30d; "
        "can be repeated.",
        details="Each of the three once: [how much is kept](cli.md#how-much-is-kept).",
        example=("50000", "30d"),
    ),
)
