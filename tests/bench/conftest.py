"""The load generator and the bare loop, built and running."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.servers import Running, Server, serve

ROOT = Path(__file__).parents[2]


def has_openssl() -> bool:
    """Return whether the headers of OpenSSL are installed."""
    include = "#include <openssl/ssl.h>"
    command = ["cc", "-E", "-"]
    return not subprocess.run(
        command, input=include, text=True, capture_output=True, check=False
    ).returncode


@pytest.fixture
def with_tls(built: Path) -> Path:
    """Return where a generator with TLS is; without it, skip, or fail in CI."""
    if has_openssl():
        return built
    missing = "the headers of OpenSSL are not installed: make system-deps"
    if os.environ.get("CI"):
        pytest.fail(missing, pytrace=False)
    pytest.skip(missing)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build both programs; without a compiler, skip, or fail in CI."""
    missing = "" if shutil.which("cc") else "there is no C compiler (`cc`)"
    if missing and os.environ.get("CI"):
        pytest.fail(missing, pytrace=False)
    if missing:
        pytest.skip(missing)
    directory = tmp_path_factory.mktemp("built")
    generator = sorted((ROOT / "bench" / "load").glob("*.c"))
    for name, sources in (("load", generator), ("loop", [ROOT / "bench" / "loop.c"])):
        flags = ["-Wall", "-Wextra", "-Werror", "-o", str(directory / name)]
        with_tls = ["-DWITH_TLS", "-lssl", "-lcrypto"] if has_openssl() else []
        subprocess.run(["cc", *flags, *map(str, sources), *with_tls], check=True)
    return directory


@pytest.fixture
def loop(built: Path, tmp_path: Path) -> Iterator[Running]:
    """The bare loop, running."""
    program = str(built / "loop")
    server = Server("loop", "bare", lambda port, _: [program, str(port)])
    with serve(server, tmp_path) as running:
        yield running
