"""What the history file of a server contains."""

import json
from collections.abc import Iterable
from pathlib import Path

from tests.proof.records import StoredHistory, StoredMessage

from ..histories import run_tool
from ..sandbox import Sandbox


def stored_history(sandbox: Sandbox, path: Path, epoch: str) -> StoredHistory:
    """Return all messages in the history *path*, by ``parlour export``."""
    history = StoredHistory(epoch)
    for line in run_tool(sandbox, "export", "--history", path).splitlines():
        exported = json.loads(line)
        if exported["type"] == "message":
            data = exported["data"]
            message = StoredMessage(data["sequence"], data["source"], data["message"])
            history.rooms.setdefault(data["room"], []).append(message)
    return history


def texts_on_disk(path: Path, texts: Iterable[str]) -> set[str]:
    """Return those of *texts* that are anywhere in the files of the history *path*."""
    files = [each for each in path.parent.glob(f"{path.name}*") if each.is_file()]
    contents = [each.read_bytes() for each in files]
    return {text for text in texts if any(text.encode() in each for each in contents)}
