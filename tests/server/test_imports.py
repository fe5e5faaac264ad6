"""What a server that has no page does not import."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("engine", "unwanted"),
    [
        ("threaded_driver", {"asyncio", "uvloop", "flask", "uvicorn", "websockets"}),
        ("asyncio_driver", {"flask", "uvicorn", "websockets", "jinja2"}),
    ],
)
def test_a_server_without_a_page_imports_nothing_for_one(
    engine: str, unwanted: set[str]
) -> None:
    driver = f"parlour.server.{engine}.driver"
    probe = f"import parlour.cli, {driver}, sys; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, check=True, text=True
    )

    assert not set(done.stdout.split()) & unwanted
