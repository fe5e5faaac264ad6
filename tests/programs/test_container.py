"""The Containerfile: its image where one can be built, and its start as a process.

As root, the process has the mounts of a container: the program at its path, the volume,
a read-only root, an unprivileged user, and a namespace in which it is process 1.
"""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import pytest

from .installed import require
from .launch import ROOT, listening_port
from .process import Program
from .sandbox import Sandbox

PROGRAM = Path("/opt/parlour")
BUILDERS = ["podman", "docker"]
IMAGE = "parlour-test"

MOUNTS = """
set -e
# $1: program, $2: its script, $3: volume, $4: what other users could not reach
mount -t tmpfs none /opt
mkdir /opt/parlour
mount --bind "$1" /opt/parlour
mount --bind "$2" /opt/parlour/bin/parlour
mount -t tmpfs none /srv
mkdir /srv/parlour
mount --bind "$3" /srv/parlour
for each in $4; do
    kept="/opt/$(basename "$each")"
    mkdir "$kept"
    mount --bind "$each" "$kept"
done
[ -z "$4" ] || mount -t tmpfs none /root
for each in $4; do
    mkdir -p "$each"
    mount --bind "/opt/$(basename "$each")" "$each"
done
mount -o remount,bind,ro /
shift 4
exec "$@"
"""


class Image(NamedTuple):
    """What the last stage of the Containerfile says."""

    environment: dict[str, str]
    user: int
    volume: Path
    health: list[str]
    command: list[str]


def image() -> Image:
    text = (ROOT / "Containerfile").read_text().replace("\\\n", "")
    stage = text.rpartition("\nFROM ")[2]
    found: dict[str, str] = {}
    for line in stage.splitlines():
        name, _, value = line.partition(" ")
        found[name] = value.strip()
    variables = (each.split("=", 1) for each in shlex.split(found["ENV"]))
    (volume,) = json.loads(found["VOLUME"])
    return Image(
        environment=dict(variables),
        user=int(found["USER"].split(":")[0]),
        volume=Path(volume),
        health=json.loads(found["HEALTHCHECK"].partition(" CMD ")[2]),
        command=json.loads(found["ENTRYPOINT"]) + json.loads(found["CMD"]),
    )


class Container(NamedTuple):
    """A server that was started as the image would start it."""

    sandbox: Sandbox
    program: Program
    port: int
    prefix: list[str]
    """What runs another command with its mounts, user and environment."""

    def runs(self, *command: str) -> Program:
        return self.sandbox.run(*self.prefix, *command)

    def stop(self) -> int:
        """Send SIGTERM to the server, which may be process 1 of a namespace."""
        self.kill(signal.SIGTERM)
        return self.program.wait()

    def kill(self, number: int) -> None:
        """Send a signal to the server, which does not end with what started it."""
        children = Path(f"/proc/{self.program.pid}/task/{self.program.pid}/children")
        with suppress(OSError):  # it has ended
            inner = children.read_text().split() if self.prefix[0] == "nsenter" else []
            os.kill(int(inner[0]) if inner else self.program.pid, number)


@pytest.fixture
def container(sandbox: Sandbox, installed: Path, tmp_path: Path) -> Iterator[Container]:
    found, volume = image(), tmp_path / "volume"
    volume.mkdir(0o700)
    settings = {"PARLOUR_PORT": "0", "PARLOUR_WEB_PORT": "0", "PARLOUR_OPS_PORT": "0"}
    environment = {**found.environment, **settings, "PARLOUR_LOG_FORMAT": "json"}
    if can_mount():
        installed.chmod(0o755)  # another user reads it
        script = (installed / "bin" / "parlour").read_text()
        fixed = tmp_path / "parlour"
        fixed.write_text(script.replace(str(installed), str(PROGRAM)))
        fixed.chmod(0o755)
        os.chown(volume, found.user, found.user)
        user = f"--reuid={found.user} --regid={found.user} --clear-groups".split()
        as_user = ["setpriv", *user, "--no-new-privs", "--inh-caps=-all"]
        needed = [sys.base_prefix, sysconfig.get_path("purelib")]
        hidden = " ".join(path for path in needed if path.startswith("/root/"))
        where = [str(installed), str(fixed), str(volume), hidden]
        before = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c"]
        before += [MOUNTS, "sh", *where, *as_user]
    else:
        as_user, before = [], []
        paths = {str(PROGRAM): str(installed), str(found.volume): str(volume)}
        for path, real in paths.items():
            environment = {k: v.replace(path, real) for k, v in environment.items()}
    given = ["env", "-i", *(f"{name}={value}" for name, value in environment.items())]
    program = sandbox.run(*before, *given, *found.command)
    facts = json.loads(line := program.err.expect('"listening"'))
    ops = re.search(r":(\d+)", facts["ops"])
    assert ops is not None
    port = listening_port(line)
    given += [f"PARLOUR_OPS_PORT={ops[1]}", f"PARLOUR_PORT={port}"]
    inside = []
    if before:
        children = Path(f"/proc/{program.pid}/task/{program.pid}/children").read_text()
        inside = ["nsenter", "--mount", "--target", children.split()[0], *as_user]
    prefix = [*inside, *given]
    running = Container(sandbox, program, port, prefix)
    yield running
    running.kill(signal.SIGKILL)


def can_mount() -> bool:
    """Return whether a mount namespace is possible, as for root on Linux."""
    if os.geteuid() or not all(map(shutil.which, ("unshare", "setpriv", "nsenter"))):
        return False
    probe = [
        "unshare",
        "--mount",
        "--pid",
        "--fork",
        "mount",
        "-t",
        "tmpfs",
        "x",
        "/opt",
    ]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


def test_the_image_runs_as_a_user_without_privileges_in_exec_form() -> None:
    found = image()

    assert found.user >= 1000
    assert found.command == ["parlour", "serve"]
    assert found.health[0] == "python"
    assert found.environment["PARLOUR_HISTORY"].startswith(f"{found.volume}/")


def test_a_container_serves_is_healthy_and_stops_on_sigterm(
    container: Container, sandbox: Sandbox
) -> None:
    romeo = sandbox.join(container.port)
    romeo.send(b'{"type": "message", "data": "is anyone there?"}\n')
    romeo.expect("is anyone there?")

    health = container.runs(*image().health)
    stats = container.runs("parlour", "admin", "stats")

    assert health.wait() == 0, health.err.text
    assert stats.wait() == 0, stats.err.text
    assert container.stop() == 0
    assert "history.damaged" not in container.program.err.text


def test_a_proxy_in_the_environment_is_not_asked_for_the_health(
    container: Container,
) -> None:
    container.prefix.append("http_proxy=http://127.0.0.1:1")  # where nothing listens

    health = container.runs(*image().health)

    assert health.wait() == 0, health.err.text


def test_a_container_that_is_not_healthy_is_reported(container: Container) -> None:
    container.prefix.append("PARLOUR_OPS_PORT=1")  # where nothing listens

    assert container.runs(*image().health).wait() == 1


@pytest.fixture
def builder() -> str:
    """Return what can build and run an image; skip without it."""
    for each in BUILDERS:
        info = [each, "info"]
        if (
            shutil.which(each)
            and not subprocess.run(
                info, capture_output=True, check=False, timeout=20
            ).returncode
        ):
            return each
    pytest.skip("no image was built: neither podman nor docker works here")


@pytest.mark.timeout(900)
def test_the_image_is_built_and_runs_with_a_read_only_root(
    sandbox: Sandbox, builder: str
) -> None:
    form = ["--format", "docker"] if builder == "podman" else []
    build = [builder, "build", *form, "--file", "Containerfile", "--tag", IMAGE, "."]
    subprocess.run(build, cwd=ROOT, check=True, timeout=600)
    limits = ["--read-only", "--cap-drop=all", "--env", "PARLOUR_LOG_FORMAT=json"]
    run = [builder, "run", "--rm", "--name", IMAGE, *limits, IMAGE]

    server = sandbox.run(require(run[0]), *run[1:])
    server.err.expect('"listening"')
    inside = [builder, "exec", IMAGE]
    health = subprocess.run([*inside, *image().health], check=False, timeout=60)
    subprocess.run([builder, "stop", IMAGE], check=True, timeout=60)

    assert health.returncode == 0
    assert server.wait() == 0
