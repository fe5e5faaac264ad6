import pytest

from parlour.client.protocol.server_events import Bye, Pong, Unknown
from parlour.client.protocol.session_decoder import MAX_PAGE_LINE, decode
from parlour.client.protocol.wire_values import MAX_LINE
from tests.client.server_lines import session_line


@pytest.mark.parametrize("wait", ["1" + "0" * 400, "1e300", "86401"])
def test_a_huge_retry_after_is_limited_to_a_day(wait: str) -> None:
    line = f'{{"type": "bye", "data": {{"code": "c", "retry_after": {wait}}}}}'

    assert decode(line.encode()) == Bye("c", "", 86_400.0)


def test_a_long_line_is_decoded_only_if_it_is_a_page() -> None:
    pad = "x" * MAX_LINE
    assert (
        decode(session_line("message", sequence=5, source="s", message=pad))
        == Unknown()
    )
    assert decode(session_line("joined", name="s", more=[[]] * MAX_LINE)) == Unknown()
    page = [{"sequence": 5, "source": "s", "message": pad}]
    assert decode(session_line("history", messages=page)) != Unknown()
    page *= MAX_PAGE_LINE // MAX_LINE
    assert decode(session_line("history", messages=page)) == Unknown()


def test_a_pong_is_decoded_with_its_token() -> None:
    assert decode(session_line("pong", token="here?")) == Pong("here?")
