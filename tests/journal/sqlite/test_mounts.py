"""Disks that are full or read-only, in a mount namespace."""

import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from parlour.journal.tools.verify import verify
from tests.journal.sqlite.batch_writer import ROOMS, room_of
from tests.journal.stores import (
    names,
    open_store,
    record,
    stored_texts,
)

FROZEN = Path(__file__).with_name("frozen") / "schema-1.db"
WRITER = Path(__file__).with_name("batch_writer.py")
NAMESPACE = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-euc")


def can_mount(directory: str = "/tmp") -> bool:
    try:
        trial = subprocess.run(
            [*NAMESPACE, f"mount -t tmpfs tmpfs {directory}"],
            capture_output=True,
            check=False,
        )
    except FileNotFoundError:
        return False
    return trial.returncode == 0


pytestmark = pytest.mark.skipif(not can_mount(), reason="mounts are not allowed")


def run(script: str, **names: Path) -> subprocess.CompletedProcess[str]:
    """Run the shell *script*; its ``write_batches`` runs the batch writer."""
    write_batches = f'write_batches() {{ "{sys.executable}" "{WRITER}" "$@"; }}\n'
    settings = "".join(f'{name}="{path}"\n' for name, path in names.items())
    return subprocess.run(
        [*NAMESPACE, settings + write_batches + script],
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_full_disk_is_reported_until_it_has_space_again(tmp_path: Path) -> None:
    disk, out = tmp_path / "disk", tmp_path / "out"
    disk.mkdir()
    out.mkdir()

    done = run(
        """
        mount -t tmpfs -o size=2m tmpfs "$disk"
        write_batches "$disk/chat.db" 5
        head -c 48k /dev/zero > "$disk/spare"
        head -c 4m /dev/zero > "$disk/ballast" 2> /dev/null || true
        rm "$disk/spare"
        write_batches "$disk/chat.db" 300
        rm "$disk/ballast"
        write_batches "$disk/chat.db" 5
        cp "$disk/chat.db" "$out/"
        """,
        disk=disk,
        out=out,
    )

    assert done.stderr == ""
    lines = [line.split() for line in done.stdout.splitlines()]
    failed = [words[2:] for words in lines if words[0] == "failed"]
    assert len(failed) > 10
    assert failed == [["storage_full", "False"]] * len(failed)
    assert [words[0] for words in lines[-7:]] == ["opened", *["recorded"] * 5, "closed"]
    assert verify(out / "chat.db").problems == []
    recorded = [int(words[1]) for words in lines if words[0] == "recorded"]
    with closing(open_store(out / "chat.db")) as store:
        for room in ROOMS:
            texts = stored_texts(store, room)
            sent = [
                f"{number}.{half}"
                for number in recorded
                for half in (0, 1)
                if room_of(number, half) == room
            ]
            assert texts == sent[-len(texts) :] != []


def test_the_space_in_the_log_is_used_when_the_disk_is_full(tmp_path: Path) -> None:
    done = run(
        """
        mount -t tmpfs -o size=8m tmpfs "$disk"
        write_batches "$disk/chat.db" 300
        head -c 700k /dev/zero > "$disk/spare"
        head -c 8m /dev/zero > "$disk/ballast" 2> /dev/null || true
        rm "$disk/spare"
        write_batches "$disk/chat.db" 300
        """,
        disk=tmp_path,
    )

    assert done.stderr == ""
    reports = [line.split()[0] for line in done.stdout.splitlines()]
    assert reports[-302:] == ["opened", *["recorded"] * 300, "closed"]


@pytest.mark.parametrize("name", ["chat.db", "new.db"])
def test_opening_on_a_full_disk_reports_the_file(tmp_path: Path, name: str) -> None:
    done = run(
        """
        mount -t tmpfs -o size=2m tmpfs "$disk"
        write_batches "$disk/chat.db" 5
        rm "$disk/chat.db.lock"
        head -c 4m /dev/zero > "$disk/ballast" 2> /dev/null || true
        write_batches "$disk/$name" 0
        """,
        disk=tmp_path,
        name=Path(name),
    )

    assert done.returncode != 0
    assert f"FileError: {tmp_path}/{name} cannot be used: the disk is full" in (
        done.stderr
    )


def test_a_backup_to_a_full_disk_reports_the_target(tmp_path: Path) -> None:
    source, disk = tmp_path / "chat.db", tmp_path / "disk"
    disk.mkdir()
    open_store(source).close()

    done = run(
        """
        mount -t tmpfs -o size=2m tmpfs "$disk"
        head -c 4m /dev/zero > "$disk/ballast" 2> /dev/null || true
        "$python" -m parlour backup "$disk/copy.db" --history "$source" || true
        ls "$disk"
        """,
        disk=disk,
        source=source,
        python=Path(sys.executable),
    )

    assert done.stderr == (
        f"parlour: {disk}/copy.db cannot be written: the disk is full\n"
    )
    assert done.stdout == "ballast\n"


def test_a_read_only_disk_is_reported(tmp_path: Path) -> None:
    done = run(
        """
        mount --bind "$disk" "$disk"
        mount -o remount,ro,bind "$disk"
        write_batches "$disk/chat.db" 5
        """,
        disk=tmp_path,
    )

    assert done.returncode != 0
    assert f"FileError: {tmp_path}/chat.db: Read-only file system" in done.stderr


NOT_EXPORTED = (
    "1 account is exported without passwords and devices: a backup has them\n"
)
READ = """
for command in "verify $disk/chat.db" "export --history $disk/chat.db" \\
    "backup $out/copy.db --history $disk/chat.db"
do "$python" -m parlour $command || echo "exit $?"
done
"""


def test_a_history_on_read_only_media_can_be_read(tmp_path: Path) -> None:
    disk, out = tmp_path / "disk", tmp_path / "out"
    disk.mkdir()
    out.mkdir()

    done = run(
        f"""
        write_batches "$disk/chat.db" 5 > /dev/null
        mount --bind "$disk" "$disk"
        mount -o remount,ro,bind "$disk"
        {READ}
        """,
        disk=disk,
        out=out,
        python=Path(sys.executable),
    )

    assert done.stderr == f"10 messages exported\n{NOT_EXPORTED}"
    lines = done.stdout.splitlines()
    assert "all 6 rooms: 10 messages" in lines
    assert f"{disk}/chat.db is undamaged" in lines
    assert verify(out / "copy.db").problems == []


@pytest.mark.parametrize("has_shm", [True, False])
def test_a_log_on_read_only_media_is_read_or_the_reason_is_reported(
    tmp_path: Path, has_shm: bool
) -> None:
    disk, out = tmp_path / "disk", tmp_path / "out"
    disk.mkdir()
    out.mkdir()

    done = run(
        f"""
        write_batches "$disk/chat.db" 9 crash append.commit 5 > /dev/null || true
        {"" if has_shm else 'rm "$disk/chat.db-shm"'}
        mount --bind "$disk" "$disk"
        mount -o remount,ro,bind "$disk"
        {READ}
        """,
        disk=disk,
        out=out,
        python=Path(sys.executable),
    )

    assert "damaged" not in done.stderr
    if has_shm:
        assert done.stderr == f"8 messages exported\n{NOT_EXPORTED}"
        assert "all 5 rooms: 8 messages" in done.stdout
    else:
        why = (
            f"parlour: {disk}/chat.db cannot be read where it is: {disk}/chat.db-wal "
            "contains the latest messages, and reading both requires permission to "
            "write to their directory. Copy both to a directory where you may write"
        )
        assert done.stderr.splitlines() == [why] * 3
        assert done.stdout.splitlines() == ["exit 1"] * 3


def test_an_older_file_on_read_only_media_can_be_read(tmp_path: Path) -> None:
    disk, out = tmp_path / "disk", tmp_path / "out"
    disk.mkdir()
    out.mkdir()
    shutil.copyfile(FROZEN, disk / "chat.db")

    done = run(
        f"""
        mount --bind "$disk" "$disk"
        mount -o remount,ro,bind "$disk"
        {READ}
        """,
        disk=disk,
        out=out,
        python=Path(sys.executable),
    )

    assert done.stderr == "26 messages exported\n"
    assert "all 3 rooms: 26 messages" in done.stdout
    assert verify(out / "copy.db").problems == []


def test_an_older_file_on_a_nearly_full_disk_is_not_changed(tmp_path: Path) -> None:
    disk, out = tmp_path / "disk", tmp_path / "out"
    disk.mkdir()
    out.mkdir()

    done = run(
        """
        mount -t tmpfs -o size=1m tmpfs "$disk"
        cp "$frozen" "$disk/chat.db"
        write_batches "$disk/chat.db" 0 || true
        cp "$disk"/* "$out/"
        """,
        disk=disk,
        out=out,
        frozen=FROZEN,
    )

    assert f"FileError: {disk}/chat.db is from an older Parlour" in done.stderr
    assert (out / "chat.db").read_bytes() == FROZEN.read_bytes()
    assert names(out) == {"chat.db", "chat.db.lock"}


def test_a_file_that_is_a_mount_point_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a chat.db"
    with closing(open_store(path)) as store:
        record(store, "a")
    place = tmp_path / "another name.db"
    place.touch()

    done = run(
        """
        mount --bind "$path" "$place"
        status=0
        write_batches "$place" 1 2> "$errors" || status=$?
        test "$status" != 0
        """,
        path=path,
        place=place,
        errors=tmp_path / "errors",
    )

    assert done.returncode == 0, done.stderr
    assert f"{place} is a mount point" in (tmp_path / "errors").read_text()
    with closing(open_store(path)) as store:
        assert stored_texts(store) == ["a"]
