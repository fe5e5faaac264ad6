"""The wheel and the source distribution: what is in them, and that they work alone."""

import json
import re
import tarfile
import zipfile
from email import message_from_bytes
from pathlib import Path
from urllib.parse import urljoin
from urllib.request import urlopen

from parlour import __version__

from .distributions import NAME, WHEEL, Built, build
from .launch import ROOT, listening_port
from .sandbox import Sandbox

STYLE_SHEET = ROOT / "src" / "parlour" / "gateways" / "web" / "static" / "chat.css"
MANUAL = {"man1/parlour.1", "man1/parlour-serve.1", "man5/parlour.toml.5"}


def test_the_wheel_has_the_package_the_manual_pages_and_nothing_else(
    built: Built,
) -> None:
    with zipfile.ZipFile(built.wheel) as wheel:
        names = set(wheel.namelist())
    package = {
        f"parlour/{path.relative_to(ROOT / 'src' / 'parlour')}"
        for path in (ROOT / "src" / "parlour").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    pages = {f"{NAME}.data/data/share/man/{page}" for page in MANUAL}
    about = {"METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE"}

    assert "parlour/gateways/web/static/chat.js" in names
    assert "parlour/gateways/web/templates/chat.html" in names
    assert names == package | pages | {f"{NAME}.dist-info/{each}" for each in about}


def test_the_metadata_has_the_license_the_readme_and_no_address(built: Built) -> None:
    with zipfile.ZipFile(built.wheel) as wheel:
        data = message_from_bytes(wheel.read(f"{NAME}.dist-info/METADATA"))

    assert data["Version"] == __version__
    assert data["License-Expression"] == "MIT"
    assert data["Requires-Python"] == ">=3.11"
    assert data["Description-Content-Type"] == "text/markdown"
    assert data["Project-URL"] is None
    assert "Topic :: Communications :: Chat" in data.get_all("Classifier", [])


def test_the_source_distribution_builds_the_same_wheel(
    built: Built, tmp_path: Path
) -> None:
    with tarfile.open(built.sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    source = tmp_path / NAME

    build(source, tmp_path, "wheel")

    assert (tmp_path / WHEEL).read_bytes() == built.wheel.read_bytes()
    assert (source / "deploy" / "parlour.service").exists()
    assert (source / "tests" / "programs" / Path(__file__).name).exists()
    assert not list(source.rglob("__pycache__"))
    assert not (source / ".venv").exists()


def test_an_installed_wheel_serves_the_chat_and_the_page(
    sandbox: Sandbox, installed: Path, tmp_path: Path
) -> None:
    parlour = str(installed / "bin" / "parlour")
    options = ["--port", "0", "--web-port", "0", "--log-format", "json"]
    server = sandbox.run(parlour, "serve", *options, cwd=tmp_path)
    line = server.err.expect('"listening"')
    page = json.loads(line)["page"]
    client = sandbox.run(parlour, "127.0.0.1", f"{listening_port(line)}", cwd=tmp_path)
    client.type("hello from a wheel")
    client.out.expect("hello from a wheel")

    with urlopen(page) as answer:
        html = answer.read().decode()
    found = re.search(r'href="([^"]*/chat\.css)"', html)
    assert found is not None
    with urlopen(urljoin(page, found[1])) as sheet:
        assert sheet.read() == STYLE_SHEET.read_bytes()
    assert "hello from a wheel" in html
    assert server.stop() == 0


def test_an_installed_wheel_runs_its_own_code_and_has_manual_pages(
    sandbox: Sandbox, installed: Path, tmp_path: Path
) -> None:
    python = str(installed / "bin" / "python")
    where = "import parlour; print(parlour.__file__)"
    program = sandbox.run(python, "-c", where, cwd=tmp_path)
    pages = (installed / "share" / "man").rglob("parlour*")

    assert program.wait() == 0
    assert program.out.text.startswith(str(installed))
    assert {f"{each.parent.name}/{each.name}" for each in pages} == MANUAL
