"""The type of the path under which the page is served."""

import re
from typing import Final

from .value_type import ValueType

MAX_PREFIX: Final = 100  # characters

_SEGMENTS: Final = re.compile(r"(/(?!\.{1,2}(/|$))[A-Za-z0-9._~-]+)+")


class PathPrefixType(ValueType[str]):
    """A path such as ``/chat``; a slash at its end is left out."""

    name = "path"

    def parse(self, value: object) -> str:
        text = str(value)
        path = text.rstrip("/")
        is_path = _SEGMENTS.fullmatch(path) and len(path) <= MAX_PREFIX
        if text != "/" and not is_path:
            wanted = "a path such as /chat, of letters, digits and - . _ ~"
            self.fail(f"{text!r} is not {wanted}")
        return path

    def written(self, value: str) -> str:
        return value or "/"
