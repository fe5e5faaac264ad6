"""What must not stand in a trace: the secret of a client, in its ``hello``."""

import re
from typing import Final

_TOKEN: Final = re.compile(rb'("token"\s*:\s*")(?:[^"\\]|\\.)*')


def redact(line: bytes) -> bytes:
    """Return *line* of the wire, whole or cut off, without the token of a ``hello``.

    Who has the token is taken for the client that chose it. In a ``ping``, the same
    word is no secret.
    """
    if b'"hello"' not in line:
        return line
    return _TOKEN.sub("\\g<1>…".encode(), line)
