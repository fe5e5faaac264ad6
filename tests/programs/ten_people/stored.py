"""What the files of a server contain."""

from collections.abc import Iterable
from pathlib import Path


def texts_on_disk(path: Path, texts: Iterable[str]) -> set[str]:
    """Return those of *texts* that are anywhere in the files of the history *path*."""
    files = [each for each in path.parent.glob(f"{path.name}*") if each.is_file()]
    contents = [each.read_bytes() for each in files]
    return {text for text in texts if any(text.encode() in each for each in contents)}
