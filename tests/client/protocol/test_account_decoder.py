"""The key of a device is removed from the lines that are shown."""

import pytest

from parlour.client.protocol.account_decoder import without_key
from parlour.client.protocol.wire_values import MAX_LINE


def test_the_key_is_removed_and_nothing_else() -> None:
    line = b'{"type": "account", "more": 1, "data": {"key": "kkk", "name": "Ann"}}'

    shown = b'{"type": "account", "more": 1, "data": {"name": "Ann"}}'
    assert without_key(line) == shown


@pytest.mark.parametrize(
    "line", [b'{"type":"new","data":{"big":1e400}}', b'{ "type": "new" }']
)
def test_a_line_without_a_key_is_shown_as_received(line: bytes) -> None:
    assert without_key(line) == line


def test_a_line_that_is_too_long_to_be_decoded_is_not_shown() -> None:
    line = b'{"type": "new", "data": {"more": "' + b"x" * MAX_LINE + b'"}}'

    assert without_key(line) == b""
