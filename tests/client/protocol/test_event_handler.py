from parlour.client.conversation import Conversation
from parlour.client.terminal.formatter import Formatter
from tests.client.server_lines import session_line, welcome


def test_the_bye_after_a_ping_timeout_is_worded_as_a_notice() -> None:
    conversation = Conversation(interactive=True, token="t" * 20)
    conversation.receive(welcome(0), 0.0)
    reason = "said nothing for 20 seconds when asked"
    conversation.receive(session_line("bye", code="ping_timeout", reason=reason), 0.0)

    lines = Formatter().lines(conversation.items_to_show())
    assert [line.text for line in lines] == [
        "[Server]: the connection is closed: this client did not answer in time"
    ]
