"""Package docstrings name every module, and the architecture page every decision."""

from pathlib import Path

import pytest

from tests.project.pages import ROOT

SRC = ROOT / "src" / "parlour"
PACKAGES = sorted(path.parent for path in SRC.glob("*/**/__init__.py"))
TOP = [path for path in PACKAGES if path.parent == SRC]
ARCHITECTURE = ROOT / "docs" / "explanation" / "architecture.md"


@pytest.mark.parametrize(
    "package", PACKAGES, ids=lambda path: str(path.relative_to(SRC))
)
def test_a_package_docstring_names_each_of_its_modules(package: Path) -> None:
    text = (package / "__init__.py").read_text()
    modules = {path.stem for path in package.glob("*.py")} - {"__init__"}
    modules |= {path.name for path in PACKAGES if path.parent == package}

    unnamed = {name for name in modules if f"``{name}``" not in text}

    assert not unnamed


def test_the_top_docstring_names_each_package() -> None:
    text = (SRC / "__init__.py").read_text()

    assert {path.name for path in TOP if f"``{path.name}``" not in text} == set()


def test_the_architecture_page_names_the_top_of_the_source() -> None:
    tree = ARCHITECTURE.read_text().partition("src/parlour/\n")[2].partition("```")[0]
    named = {line.split()[0] for line in tree.splitlines() if line.split()}
    files = {path.name for path in SRC.glob("*.py")}

    assert named == files - {"__init__.py", "__main__.py"} | {
        f"{path.name}/" for path in TOP
    }


def test_the_architecture_page_links_every_decision() -> None:
    text = ARCHITECTURE.read_text()
    decisions = sorted((ROOT / "docs" / "adr").glob("*.md"))

    assert [path.name for path in decisions if f"adr/{path.name})" not in text] == []
