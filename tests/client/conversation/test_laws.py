"""Laws that hold for any input, and for anything that a server sends."""

import json

from hypothesis import given
from hypothesis import strategies as st

from parlour.client.conversation import Conversation
from parlour.client.exit_status import ExitCode
from parlour.client.protocol.plain import MAX_LINE
from parlour.client.terminal.shown_items import ShownItem
from tests.client.server_lines import plain_message

STREAMS = st.lists(
    st.sampled_from(
        [
            plain_message("bob", "hi"),
            plain_message("ž", None),
            b"{}\n",
            b"\n",
            b"\xff\n",
        ]
    )
    | st.binary()
).map(b"".join)

LINES = st.text() | st.sampled_from(
    ["/jion", "//x", " /x", "", " ", "/setname a\u0301", "/history", "/help", "/quit"]
)


def items_for(*chunks: bytes) -> list[ShownItem]:
    conversation = Conversation(interactive=False)
    for chunk in chunks:
        conversation.receive(chunk, 0)
    return conversation.items_to_show()


@given(STREAMS, st.data())
def test_splitting_the_stream_never_changes_what_is_shown(
    stream: bytes, data: st.DataObject
) -> None:
    cut = data.draw(st.integers(0, len(stream)))

    assert items_for(stream) == items_for(stream[:cut], stream[cut:])
    assert items_for(stream) == items_for(*(bytes([byte]) for byte in stream))


@given(st.lists(st.binary()), st.lists(st.binary()))
def test_no_bytes_make_a_conversation_raise(
    typed: list[bytes], received: list[bytes]
) -> None:
    conversation = Conversation(interactive=False)

    for data in typed:
        conversation.receive_input(data, 0)
    for data in received:
        conversation.receive(data, 0)
    conversation.disconnected()


@given(lines=st.lists(LINES), interactive=st.booleans())
def test_no_input_makes_the_client_send_an_invalid_line(
    lines: list[str], interactive: bool
) -> None:
    conversation = Conversation(interactive=interactive)

    for line in lines:
        conversation.submit_line(line, 0)

    *sent, rest = conversation.data_to_send().split(b"\n")
    assert rest == b""
    for found in sent:
        assert found.isascii()
        assert len(found) <= MAX_LINE
        message = json.loads(found)
        assert set(message) == {"type", "data"}
        assert isinstance(message["data"], str)


@given(
    text=st.text(st.characters(exclude_characters="\r\n")), interactive=st.booleans()
)
def test_a_line_that_begins_with_a_slash_is_never_sent_as_a_message(
    text: str, interactive: bool
) -> None:
    conversation = Conversation(interactive=interactive)

    conversation.submit_line(f"/{text}", 0)

    sent = [json.loads(line) for line in conversation.data_to_send().splitlines()]
    messages = [line["data"] for line in sent if line["type"] == "message"]
    assert messages == ([f"/{text[1:]}"] if text.startswith("/") else [])


@given(STREAMS.map(lambda stream: stream.replace(b"/", b"//")))
def test_splitting_the_input_never_changes_what_is_sent(stream: bytes) -> None:
    whole, cut = Conversation(interactive=False), Conversation(interactive=False)

    whole.receive_input(stream, 0)
    for byte in stream:
        cut.receive_input(bytes([byte]), 0)

    assert whole.data_to_send() == cut.data_to_send()
    assert cut.exit_code in (ExitCode.SUCCESS, ExitCode.BAD_COMMAND, ExitCode.REFUSED)
