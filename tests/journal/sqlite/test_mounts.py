"""Disks that are really full, or read-only, in a namespace of mounts."""

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from parlour.journal.tools.verify import verify
from tests.journal.helpers import NOW, drafts, in_file, kept

SPEAKER = Path(__file__).with_name("batch_writer.py")
NAMESPACE = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-euc")


def works(directory: str = "/tmp") -> bool:
    try:
        trial = subprocess.run(
            [*NAMESPACE, f"mount -t tmpfs tmpfs {directory}"],
            capture_output=True,
            check=False,
        )
    except FileNotFoundError:
        return False
    return trial.returncode == 0


pytestmark = pytest.mark.skipif(not works(), reason="mounts are not allowed here")


def run(script: str, **names: Path) -> subprocess.CompletedProcess[str]:
    """Run the shell *script*, in which ``speak FILE BATCHES`` runs the speaker."""
    speak = f'speak() {{ "{sys.executable}" "{SPEAKER}" "$@"; }}\n'
    settings = "".join(f'{name}="{path}"\n' for name, path in names.items())
    return subprocess.run(
        [*NAMESPACE, settings + speak + script],
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
        speak "$disk/chat.db" 5
        head -c 48k /dev/zero > "$disk/spare"
        head -c 4m /dev/zero > "$disk/ballast" 2> /dev/null || true
        rm "$disk/spare"
        speak "$disk/chat.db" 300
        rm "$disk/ballast"
        speak "$disk/chat.db" 5
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
    assert [words[0] for words in lines[-7:]] == ["opened", *["kept"] * 5, "closed"]
    assert verify(out / "chat.db").problems == []
    told = [words[1] for words in lines if words[0] == "kept"]
    with closing(in_file(out / "chat.db")) as history:
        texts = kept(history)
    assert (
        texts == [f"{each}.{half}" for each in told for half in (0, 1)][-len(texts) :]
    )


def test_the_space_in_the_log_is_used_when_the_disk_is_full(tmp_path: Path) -> None:
    done = run(
        """
        mount -t tmpfs -o size=4m tmpfs "$disk"
        speak "$disk/chat.db" 100
        head -c 3200k /dev/zero > "$disk/ballast"
        speak "$disk/chat.db" 300
        """,
        disk=tmp_path,
    )

    assert done.stderr == ""
    told = [line.split()[0] for line in done.stdout.splitlines()]
    assert told[-302:] == ["opened", *["kept"] * 300, "closed"]


@pytest.mark.parametrize("name", ["chat.db", "new.db"])
def test_opening_on_a_full_disk_reports_the_file(tmp_path: Path, name: str) -> None:
    done = run(
        """
        mount -t tmpfs -o size=2m tmpfs "$disk"
        speak "$disk/chat.db" 5
        rm "$disk/chat.db.lock"
        head -c 4m /dev/zero > "$disk/ballast" 2> /dev/null || true
        speak "$disk/$name" 0
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
    in_file(source).close()

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
        speak "$disk/chat.db" 5
        """,
        disk=tmp_path,
    )

    assert done.returncode != 0
    assert f"FileError: {tmp_path}/chat.db: Read-only file system" in done.stderr


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
        speak "$disk/chat.db" 5 > /dev/null
        mount --bind "$disk" "$disk"
        mount -o remount,ro,bind "$disk"
        {READ}
        """,
        disk=disk,
        out=out,
        python=Path(sys.executable),
    )

    assert done.stderr == "10 messages exported\n"
    lines = done.stdout.splitlines()
    assert lines[:2] == [
        "verona: 10 messages, 1 to 10",
        f"{disk}/chat.db is whole",
    ]
    assert len(lines) == 2 + 10 + 1
    assert verify(out / "copy.db").problems == []


@pytest.mark.parametrize("has_shared", [True, False])
def test_a_log_on_read_only_media_is_read_or_the_reason_is_reported(
    tmp_path: Path, has_shared: bool
) -> None:
    disk, out = tmp_path / "disk", tmp_path / "out"
    disk.mkdir()
    out.mkdir()

    done = run(
        f"""
        speak "$disk/chat.db" 9 crash append.commit 5 > /dev/null || true
        {"" if has_shared else 'rm "$disk/chat.db-shm"'}
        mount --bind "$disk" "$disk"
        mount -o remount,ro,bind "$disk"
        {READ}
        """,
        disk=disk,
        out=out,
        python=Path(sys.executable),
    )

    assert "damaged" not in done.stderr
    if has_shared:
        assert done.stderr == "8 messages exported\n"
        assert "verona: 8 messages, 1 to 8" in done.stdout
    else:
        why = (
            f"parlour: {disk}/chat.db cannot be read where it is: {disk}/chat.db-wal "
            "contains the latest messages, and reading both needs permission to "
            "write beside them. Copy both to a directory where you may write"
        )
        assert done.stderr.splitlines() == [why] * 3
        assert done.stdout.splitlines() == ["exit 1"] * 3


def test_a_file_that_is_a_mount_point_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a chat.db"
    with closing(in_file(path)) as history:
        history.append(drafts("a"), NOW)
    place = tmp_path / "another name.db"
    place.touch()

    done = run(
        """
        mount --bind "$path" "$place"
        status=0
        speak "$place" 1 2> "$told" || status=$?
        test "$status" != 0
        """,
        path=path,
        place=place,
        told=tmp_path / "told",
    )

    assert done.returncode == 0, done.stderr
    assert f"{place} is mounted alone" in (tmp_path / "told").read_text()
    with closing(in_file(path)) as history:
        assert kept(history) == ["a"]
