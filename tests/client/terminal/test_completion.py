import pytest

from parlour.client.terminal.completion import (
    MAX_LISTED,
    MAX_NAMES,
    CompletionCycle,
    Completions,
    KnownNames,
    complete,
)
from parlour.core.events import SERVER

PEOPLE = Completions(("bob", "Bobina", "žofie", "Jan Novák"))


@pytest.mark.parametrize(
    ("before", "texts"),
    [
        ("/s", ["/setname ", "/search ", "/show ", "/slow "]),
        ("/h", ["/history ", "/highlight ", "/help "]),
        ("/w", ["/why", "/who", "/w "]),
        ("/help us", ["/help users"]),
        ("/xyzzy", []),
        ("", []),
        ("hello ", []),
        ("bo", ["bob: ", "Bobina: "]),
        ("ŽO", ["žofie: "]),
        ("hi bo", ["hi bob ", "hi Bobina "]),
        ("jan", ["Jan Novák: "]),
        ("jan nov", ["Jan Novák: "]),
        ("hi jan n", ["hi Jan Novák "]),
        ("hi jan ", ["hi Jan Novák "]),
        ("one\nbo", ["one\nbob ", "one\nBobina "]),
        ("/setname\tbo", ["/setname\tbob ", "/setname\tBobina "]),
        ("/setname bo", ["/setname bob ", "/setname Bobina "]),
        ("/bell ", ["/bell on", "/bell all", "/bell off"]),
        ("/bell O", ["/bell on", "/bell off"]),
        ("/search -", ["/search --all "]),
        ("/search ", []),
    ],
)
def test_completions_of_a_partly_typed_line(before: str, texts: list[str]) -> None:
    assert complete(before, PEOPLE) == texts


ROOMS = Completions(
    ("Jan Novák", "jane"), ("#lobby", "#dev", "@devi"), ("#dev", "#design", "#lobby")
)


@pytest.mark.parametrize(
    ("before", "texts"),
    [
        ("/join de", ["/join dev", "/join design"]),
        ("/j #de", ["/j #dev", "/j #design"]),
        ("/rooms l", ["/rooms lobby"]),
        ("/room de", ["/room dev", "/room @devi"]),
        ("/leave @d", ["/leave @devi"]),
        ("/leave ", ["/leave lobby", "/leave dev", "/leave @devi"]),
        ("/join nowhere", []),
        ("/msg ja", ['/msg "Jan Novák" ', "/msg jane "]),
        ('/msg "jan n', ['/msg "Jan Novák" ']),
        ("/w jane hi ja", ["/w jane hi Jan Novák ", "/w jane hi jane "]),
        ("/ignore JANE", ["/ignore jane"]),
        ("/unignore jan ", ['/unignore "Jan Novák"']),
        ("/nowhere de", []),
    ],
)
def test_rooms_and_users_are_completed_after_commands(
    before: str, texts: list[str]
) -> None:
    assert complete(before, ROOMS) == texts


def test_tab_cycles_through_completions_back_to_the_typed_text() -> None:
    cycle = CompletionCycle()

    texts = ["bo"]
    for _ in range(3):
        texts.append(cycle.advance(texts[-1], PEOPLE))

    assert texts == ["bo", "bob: ", "Bobina: ", "bo"]


def test_shift_tab_cycles_backwards() -> None:
    cycle = CompletionCycle()

    first = cycle.advance("bo", PEOPLE)
    second = cycle.advance(first, PEOPLE)

    assert cycle.advance(second, PEOPLE, back=True) == first
    assert CompletionCycle().advance("bo", PEOPLE, back=True) == "Bobina: "


def test_further_typing_starts_a_new_cycle() -> None:
    cycle = CompletionCycle()

    cycle.advance("bo", PEOPLE)

    assert cycle.advance("hi žo", PEOPLE) == "hi žofie "
    assert cycle.advance("xyzzy", PEOPLE) == "xyzzy"


def test_names_come_from_messages_and_notices() -> None:
    names = KnownNames()

    names.add_from_message("bob", "hello")
    names.add_from_message(SERVER, "juliet has entered the chat")
    names.add_from_message(SERVER, "romeo has entered the chat")
    names.add_from_message(SERVER, "bob renamed to rob")
    names.add_from_message(SERVER, "romeo has left the chat")
    names.add_from_message("juliet", "ay me")

    assert names.by_recency() == ["juliet", "rob"]


def test_a_name_that_cannot_be_typed_is_not_completed() -> None:
    names = KnownNames()

    names.add_from_message("b\u202eob", "")
    names.add_from_message("", "")

    assert names.by_recency() == []


def test_the_least_recent_names_are_dropped() -> None:
    names = KnownNames()

    for number in range(MAX_NAMES + 2):
        names.add_from_message(f"user{number}", "")

    assert len(names.by_recency()) == MAX_NAMES
    assert names.by_recency()[-1] == "user2"


def test_completions_of_several_words_come_first() -> None:
    texts = complete("hi jan b", Completions((*PEOPLE.people, "jan bo")))

    assert texts == ["hi jan bo ", "hi jan bob ", "hi jan Bobina "]


def test_an_overlong_name_is_not_completed() -> None:
    names = KnownNames()

    names.add_from_message("b" * 65, "")
    names.add_from_message("b" * 64, "")

    assert names.by_recency() == ["b" * 64]


def test_the_last_sender_is_first_and_the_others_follow_by_name() -> None:
    names = KnownNames()
    names.add_present(["Zora", "bob", "alice", "carol"], is_first=True)
    names.add_from_message("bob", "hi")
    names.add_from_message("Zora", "hi")

    assert names.by_recency() == ["Zora", "bob", "alice", "carol"]


def test_a_new_list_replaces_the_previous_one() -> None:
    names = KnownNames()
    names.add_present(["alice", "bob"], is_first=True)
    names.add_present(["carol"], is_first=True)
    names.add_present(["dora"], is_first=False)

    assert names.by_recency() == ["carol", "dora"]


def test_former_names_are_not_completed() -> None:
    names = KnownNames()
    names.add_present(["alice", "bob"], is_first=True)
    names.add_from_message(SERVER, "alice has left the chat")
    names.add_from_message(SERVER, "bob renamed to rob")

    assert names.by_recency() == ["rob"]


@pytest.mark.parametrize(
    "text", ["2 users: alice, bob", "101 to 102 of 1,002 users: alice, bob"]
)
def test_names_are_taken_from_the_list_of_a_plain_server(text: str) -> None:
    names = KnownNames()
    names.add_from_message(SERVER, text)
    names.add_from_message("eve", "3 users: x, y, z")

    assert names.by_recency() == ["eve", "alice", "bob"]


def test_listed_names_are_bounded() -> None:
    names = KnownNames()
    for start in range(0, 3_000, 100):
        listed = [f"user{number}" for number in range(start, start + 100)]
        names.add_present(listed, is_first=start == 0)

    assert len(names.by_recency()) == MAX_LISTED == 1_000


def test_unsafe_names_are_not_listed() -> None:
    names = KnownNames()
    names.add_present(["b\x1bob", "", "x" * 200, "-- eve"], is_first=True)

    assert names.by_recency() == []
