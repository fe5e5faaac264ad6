"""A server without a page does not import the libraries of the page."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("package", "unwanted"),
    [
        (
            "threaded_driver",
            {"asyncio", "uvloop", "flask", "uvicorn", "websockets", "argon2"},
        ),
        ("asyncio_driver", {"flask", "uvicorn", "websockets", "jinja2", "argon2"}),
    ],
)
def test_a_server_without_a_page_does_not_import_its_libraries(
    package: str, unwanted: set[str]
) -> None:
    driver = f"parlour.server.{package}.driver"
    program = f"import parlour.cli, {driver}, sys; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, text=True
    )

    assert not set(done.stdout.split()) & unwanted
