"""A history is not created where another user's link leads."""

import os
from pathlib import Path

import pytest

from parlour.journal.sqlite.files import FileError, resolve

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives links away")


def given_away(link: Path) -> None:
    os.chown(link, 65534, 65534, follow_symlinks=False)


@as_root
def test_a_link_of_another_user_to_no_file_is_refused(tmp_path: Path) -> None:
    link, outer = tmp_path / "chat.db", tmp_path / "outer.db"
    link.symlink_to(tmp_path / "elsewhere")
    outer.symlink_to("chat.db")
    given_away(link)

    for path in (link, outer):
        with pytest.raises(FileError, match="symbolic link of another user"):
            resolve(path)


@as_root
def test_a_link_of_another_user_to_a_file_is_followed(tmp_path: Path) -> None:
    link, file = tmp_path / "chat.db", tmp_path / "elsewhere"
    link.symlink_to(file)
    file.touch()
    given_away(link)

    assert resolve(link) == file


def test_ones_own_link_to_no_file_is_followed(tmp_path: Path) -> None:
    (tmp_path / "chat.db").symlink_to("elsewhere")

    assert resolve(tmp_path / "chat.db") == tmp_path / "elsewhere"
