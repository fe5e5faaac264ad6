from parlour.core.events import LOBBY, Draft, SessionId
from parlour.history.memory import MemoryHistory


def filled(count: int, *, most: int) -> MemoryHistory:
    """Return a history of *most* messages to which *count* were appended, by tens."""
    history = MemoryHistory(most)
    texts = [f"{number}" for number in range(1, count + 1)]
    for start in range(0, count, 10):
        batch = [
            Draft(LOBBY, "Ann", text, SessionId(1))
            for text in texts[start : start + 10]
        ]
        history.append(batch, 0.0)
    return history


def kept(history: MemoryHistory) -> list[str]:
    return [each.text for each in history.before(LOBBY, 1 << 40, 1 << 40).messages]


def test_all_is_kept_up_to_the_bound() -> None:
    history = filled(100, most=100)

    assert len(kept(history)) == 100
    assert history.before(LOBBY, 101, 1).total == 100


def test_the_oldest_is_forgotten_beyond_the_bound() -> None:
    history = filled(101, most=100)

    assert kept(history) == [f"{number}" for number in range(2, 102)]
    assert history.before(LOBBY, 102, 1).total == 100
    assert history.head(LOBBY) == 101


def test_sequences_go_on_after_the_oldest_is_forgotten() -> None:
    history = filled(35, most=3)

    page = history.before(LOBBY, 36, 10)

    assert [each.sequence for each in page.messages] == [33, 34, 35]
    assert page.total == 3


def test_a_page_before_what_is_kept_is_empty() -> None:
    history = filled(35, most=3)

    assert history.before(LOBBY, 33, 10).messages == ()
    assert history.before(LOBBY, 33, 10).total == 0
    assert [each.text for each in history.before(LOBBY, 35, 10).messages] == [
        "33",
        "34",
    ]


def test_a_batch_beyond_the_bound_is_told_whole() -> None:
    history = MemoryHistory(3)
    batch = [Draft(LOBBY, "Ann", text, SessionId(1)) for text in "abcdef"]

    told = history.append(batch, 0.0)

    assert [each.sequence for each in told] == [1, 2, 3, 4, 5, 6]
    assert kept(history) == ["d", "e", "f"]


def test_nothing_is_kept_if_nothing_is_to_be() -> None:
    history = filled(5, most=0)

    assert kept(history) == []
    assert history.head(LOBBY) == 5
