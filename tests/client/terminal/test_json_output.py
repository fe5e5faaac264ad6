"""Lines of the wire as JSON that is safe to print."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parlour.client.terminal.json_output import safe_json


@pytest.mark.parametrize(
    ("line", "printed"),
    [
        (b'{"a": 1}\r', '{"a": 1}'),
        (b'{"a":\t1}', '{"a": 1}'),
        ('{"a":"\x9b2J"}'.encode(), '{"a": "\\u009b2J"}'),
        (b'{"a":"\xff"}', '{"a": "\\ufffd"}'),
        (b"[1]", None),
        (b"nonsense", None),
    ],
)
def test_a_safe_object_is_printed_unchanged(line: bytes, printed: str | None) -> None:
    assert safe_json(line) == printed


@given(found=st.dictionaries(st.text(), st.text()), ascii_only=st.booleans())
def test_every_object_is_printed_as_one_safe_line(
    found: dict[str, str], ascii_only: bool
) -> None:
    printed = safe_json(json.dumps(found, ensure_ascii=ascii_only).encode())

    assert printed is not None
    assert printed.isascii()
    assert printed.isprintable()
    assert json.loads(printed) == found
