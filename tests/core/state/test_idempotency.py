"""The keys of recorded messages, by which a retry is recognised."""

from parlour.core.state.idempotency import (
    KEY_AGE,
    MAX_KEYS,
    MAX_KEYS_EACH,
    IdempotencyKeys,
)


def keys_with(token: str, count: int) -> IdempotencyKeys:
    """Return keys "0" to "count - 1" of a token, of messages with those sequences."""
    keys = IdempotencyKeys()
    add(keys, token, count)
    return keys


def add(keys: IdempotencyKeys, token: str, count: int) -> None:
    for number in range(count):
        keys.add(token, str(number), number, 0.0)


def test_a_key_is_found_by_its_token() -> None:
    keys = IdempotencyKeys()
    keys.add("s", "1", 7, 0.0)

    assert keys.find("s", "1", 0.0) == 7
    assert keys.find("s", "2", 0.0) is None
    assert keys.find("t", "1", 0.0) is None


def test_a_key_expires_after_24_hours() -> None:
    keys = IdempotencyKeys()
    keys.add("s", "1", 7, 1000.0)

    assert KEY_AGE == 24 * 3600.0
    assert keys.find("s", "1", 1000.0 + KEY_AGE) == 7
    assert keys.find("s", "1", 1000.5 + KEY_AGE) is None
    assert len(keys) == 1, "expiry deletes nothing"


def test_a_token_has_4096_keys_of_which_the_oldest_is_removed() -> None:
    keys = keys_with("s", MAX_KEYS_EACH)

    keys.add("s", "new", 9999, 0.0)

    assert MAX_KEYS_EACH == 4096
    assert len(keys) == 4096
    assert keys.find("s", "0", 0.0) is None
    assert keys.find("s", "1", 0.0) == 1
    assert keys.find("s", "new", 0.0) == 9999


def test_a_key_that_is_added_again_is_the_newest() -> None:
    keys = keys_with("s", MAX_KEYS_EACH)

    keys.add("s", "0", 9999, 50.0)
    keys.add("s", "new", 10_000, 50.0)

    assert len(keys) == MAX_KEYS_EACH
    assert keys.find("s", "0", 50.0 + KEY_AGE) == 9999
    assert keys.find("s", "1", 0.0) is None


def test_of_200_000_keys_in_all_the_token_with_most_loses_its_oldest() -> None:
    keys = IdempotencyKeys()
    for number in range(48):
        add(keys, f"many {number}", MAX_KEYS_EACH)
    add(keys, "few", MAX_KEYS - len(keys))
    assert len(keys) == MAX_KEYS == 200_000

    keys.add("late", "1", 1, 0.0)

    assert len(keys) == 198_000, "a hundredth is removed at once"
    left = {token: 0 for token, *_ in keys.items()}
    for token, *_ in keys.items():
        left[token] += 1
    assert (left["few"], left["late"]) == (200_000 - 48 * 4096, 1)
    assert {left[f"many {number}"] for number in range(48)} == {4054, 4055}
    assert keys.find("many 0", "40", 0.0) is None
    assert keys.find("many 0", "42", 0.0) == 42


def test_of_several_tokens_with_most_keys_the_one_known_longest_loses_one() -> None:
    """Which one it is does not depend on anything but the order of the entries."""
    first, second = IdempotencyKeys(), IdempotencyKeys()
    for keys in (first, second):
        for number in range(49):
            add(keys, f"{number}", MAX_KEYS_EACH)

    assert len(first) < MAX_KEYS
    assert first.items() == second.items()


def test_all_keys_are_listed_in_the_order_of_adding_by_token() -> None:
    keys = IdempotencyKeys()
    for token, key, sequence in (("t", "1", 1), ("s", "2", 2), ("t", "0", 3)):
        keys.add(token, key, sequence, 5.0)

    assert keys.items() == [
        ("t", "1", 1, 5.0),
        ("t", "0", 3, 5.0),
        ("s", "2", 2, 5.0),
    ]
