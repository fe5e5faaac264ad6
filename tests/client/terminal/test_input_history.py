"""The typed lines are kept from one run to the next."""

import stat
from pathlib import Path

import pytest

from parlour.client.terminal import input_history
from parlour.client.terminal.input_history import InputHistory


def newest(path: Path) -> list[str]:
    return list(InputHistory(path).load_history_strings())


def test_lines_are_kept_for_the_next_run(tmp_path: Path) -> None:
    path = tmp_path / "state" / "input"
    history = InputHistory(path)

    for line in ("one", "two\nlines", "drei ü"):
        history.store_string(line)

    assert newest(path) == ["drei ü", "two\nlines", "one"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("line", ["/login bob secret", " /PASSWD x", "/register"])
def test_secrets_are_not_stored(tmp_path: Path, line: str) -> None:
    InputHistory(tmp_path / "input").store_string(line)

    assert newest(tmp_path / "input") == []


def test_a_file_that_is_too_long_is_cut(tmp_path: Path) -> None:
    path = tmp_path / "input"
    history = InputHistory(path)
    for number in range(2 * input_history.MAX_LINES + 5):
        history.store_string(str(number))

    lines = newest(path)

    assert len(lines) == input_history.MAX_LINES
    assert lines[0] == str(2 * input_history.MAX_LINES + 4)
    assert path.read_bytes().count(b"\n") == input_history.MAX_LINES
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_damaged_file_loses_only_what_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "input"
    path.write_bytes(b'"one"\n\xff\xfe\n{"a": 1}\n"tw')

    assert newest(path) == ["one"]


def test_a_file_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    directory = tmp_path / "input"
    directory.mkdir()

    InputHistory(directory).store_string("one")

    assert newest(directory) == []


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "target").write_text("")
    (tmp_path / "input").symlink_to(tmp_path / "target")

    InputHistory(tmp_path / "input").store_string("one")

    assert (tmp_path / "target").read_text() == ""
