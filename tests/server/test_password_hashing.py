"""Passwords are compared and hashed, whatever the password and the hash are."""

import base64
import secrets
from typing import Literal

import pytest
from argon2 import PasswordHasher
from argon2.exceptions import HashingError, VerificationError
from argon2.profiles import CHEAPEST

from parlour.core.checks import Check, Checked
from parlour.core.events import ConnectionId, Refused
from parlour.server.password_hashing import PasswordChecker, strong_checker

CHEAP = PasswordHasher.from_parameters(CHEAPEST)
OTHER = PasswordHasher(time_cost=2, memory_cost=8, parallelism=1, hash_len=4)
HASH = CHEAP.hash("honeysuckle", salt=b"a garden")
STRONG = "$argon2id$v=19$m=65536,t=3,p=1$"
"""The beginning of a hash with the library's default cost and one thread."""


class CountingHasher(PasswordHasher):
    """A cheap hasher that counts what it does."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1, hash_len=4)
        self.calls: list[str] = []

    def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
        self.calls.append("hash")
        return super().hash(password, salt=salt)

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002
        self.calls.append("verify")
        return super().verify(hash, password)


class HungryHasher(PasswordHasher):
    """A hasher on a system that is out of memory."""

    def hash(self, *_: object, **__: object) -> str:
        raise HashingError("Memory allocation error")


def compare(password: str, hash_: str = HASH, new: str | None = None) -> Check:
    return Check(1, ConnectionId(7), password, hash_, new)


def checked(check: Check, hasher: PasswordHasher = CHEAP) -> Checked:
    result = PasswordChecker(hasher)(check)
    assert isinstance(result, Checked)
    return result


def test_the_right_password_is_valid() -> None:
    assert checked(compare("honeysuckle")).is_valid


def test_a_wrong_password_is_not_valid() -> None:
    assert checked(compare("Honeysuckle")) == Checked(is_valid=False)


def test_an_account_that_does_not_exist_has_no_valid_password() -> None:
    assert checked(compare("honeysuckle", hash_="")) == Checked(is_valid=False)


def test_an_unknown_account_costs_as_much_as_a_wrong_password() -> None:
    wrong, unknown = CountingHasher(), CountingHasher()
    wrong_checker, unknown_checker = PasswordChecker(wrong), PasswordChecker(unknown)

    for _ in range(2):
        wrong_checker(compare("wrong"))
        unknown_checker(compare("wrong", hash_=""))

    assert wrong.calls == unknown.calls == ["hash", "verify", "verify"]


def test_the_dummy_has_the_parameters_of_other_hashes() -> None:
    hashed: list[str | bytes] = []

    class RecordingHasher(CountingHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002
            hashed.append(hash)
            return super().verify(hash, password)

    checked(compare("wrong", hash_=""), RecordingHasher())

    assert [str(each).rpartition("$")[0].rpartition("$")[0] for each in hashed] == [
        "$argon2id$v=19$m=8,t=1,p=1"
    ]


@pytest.mark.parametrize(
    "malformed",
    [
        "honeysuckle",
        "$argon2id$",
        "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$",
        "$argon2id$v=19$m=8,t=1,p=1$!!!!$!!!!",
        "$argon2id$v=19$m=x,t=1,p=1$c2FsdHNhbHQ$aGFzaA",
        "$argon2id$v=19$m=0,t=0,p=0$c2FsdHNhbHQ$aGFzaA",
        f"{HASH}=",
        HASH[:-3],
        "$argon2id$ůň",
        "\0",
    ],
)
def test_no_password_matches_a_malformed_hash(malformed: str) -> None:
    assert checked(compare("honeysuckle", malformed)) == Checked(is_valid=False)


@pytest.mark.parametrize(
    "password",
    ["", "\0", "\ud800", "kůň 🐴", "x" * 32_768],
    ids=["empty", "zero", "surrogate", "unicode", "long"],
)
def test_a_password_may_be_any_text(password: str) -> None:
    new = checked(Check(1, ConnectionId(7), new=password)).hash

    assert checked(compare(password, new)).is_valid
    assert not checked(compare(f"{password}.", new)).is_valid


def test_a_new_password_is_hashed() -> None:
    result = checked(Check(1, ConnectionId(7), new="tybalt"))

    assert result.is_valid
    assert CHEAP.verify(result.hash, "tybalt")


def test_a_new_password_is_hashed_after_the_old_one_was_right() -> None:
    result = checked(compare("honeysuckle", new="tybalt"))

    assert CHEAP.verify(result.hash, "tybalt")


def test_a_new_password_is_not_hashed_after_a_wrong_one() -> None:
    assert checked(compare("wrong", new="tybalt")) == Checked(is_valid=False)


def test_a_right_password_is_not_hashed_again() -> None:
    assert checked(compare("honeysuckle")).hash == ""


@pytest.mark.parametrize("password", ["honeysuckle", "wrong"])
def test_a_password_is_compared_with_a_hash_of_other_parameters(password: str) -> None:
    result = checked(compare(password, OTHER.hash("honeysuckle")))

    assert (result.is_valid, result.hash) == (password == "honeysuckle", "")


def test_a_key_has_256_bits() -> None:
    key = checked(compare("honeysuckle")).key

    assert len(base64.urlsafe_b64decode(f"{key}=")) == 32


def test_keys_differ() -> None:
    assert checked(compare("honeysuckle")).key != checked(compare("honeysuckle")).key


@pytest.mark.parametrize("hash_", ["", HASH])
def test_a_check_is_refused_without_memory(hash_: str) -> None:
    result = PasswordChecker(HungryHasher())(compare("honeysuckle", hash_))

    assert isinstance(result, Refused)
    assert result.code == "busy"


def test_a_check_is_refused_when_memory_runs_out_during_a_comparison() -> None:
    class StarvingHasher(CountingHasher):
        def verify(self, *_: object, **__: object) -> Literal[True]:
            raise VerificationError("Memory allocation error")

    result = PasswordChecker(StarvingHasher())(compare("honeysuckle"))

    assert isinstance(result, Refused)
    assert result.code == "busy"


def test_a_server_uses_the_default_cost() -> None:
    result = strong_checker()(Check(1, ConnectionId(7), new="tybalt"))

    assert isinstance(result, Checked)
    assert result.hash.startswith(STRONG)


def test_no_secret_is_in_a_description_of_a_check_or_its_result() -> None:
    secret = secrets.token_hex()
    check = Check(1, ConnectionId(7), secret, secret, secret)

    assert secret not in f"{check!r} {check} {Checked(True, secret, secret)!r}"
