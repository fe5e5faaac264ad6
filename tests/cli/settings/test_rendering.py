"""Settings as text: values with their sources, and the file with comments."""

import tomllib
from pathlib import Path

import click
import pytest

from parlour import cli
from parlour.cli.settings.rendering import (
    commented_file,
    effective_settings,
)
from parlour.cli.settings.table import SETTINGS_BY_GROUP, TABLE
from parlour.cli.settings.toml_file import read_configuration
from parlour.cli.settings.toml_value import toml_value


def effective(*options: str) -> list[str]:
    context = cli.server.make_context("server", list(options))
    return list(effective_settings(context))


def test_each_value_comes_with_its_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "parlour.toml"
    path.write_text('port = 6001\nengine = "threads"\nmax-history = ["30d", "500MB"]\n')
    monkeypatch.setenv("PARLOUR_PORT", "6002")
    monkeypatch.setenv("PARLOUR_RATE", "off")

    lines = effective("--config", str(path), "--port", "6003", "--web-port", "auto")

    found = {
        name.strip(" #="): source.strip()
        for name, _, source in (
            (line.split("=")[0], 0, line.rpartition("# ")[2]) for line in lines
        )
    }
    values = tomllib.loads("\n".join(lines))
    assert (values["port"], found["port"]) == (6003, "--port")
    assert (values["rate"], found["rate"]) == ("off", "PARLOUR_RATE")
    assert (values["engine"], found["engine"]) == ("threads", f"{path}:2")
    assert values["max-history"] == ["30d", "500MB"]
    assert values["web-port"] == "auto"
    assert (values["host"], found["host"]) == ("127.0.0.1", "default")


def test_what_is_shown_can_be_read_again(tmp_path: Path) -> None:
    options = [
        ["--history", "memory"],
        ["--history", str(tmp_path / 'a "b" \\ \x7f.db')],
        ["--max-history", "2GiB", "--max-history", "2w"],
        ["--web-port", "0", "--web-allow", "a.example", "--web-allow", "::1"],
        ["--rate", "0.5/3", "--log-people", "none", "--max-users", "7"],
    ]
    for each in options:
        path = tmp_path / "shown.toml"
        path.write_text("\n".join(effective(*each)))

        again = cli.server.make_context("server", ["--config", str(path)])

        wanted = cli.server.make_context("server", each)
        for setting in TABLE:
            name = setting.parameter
            assert again.params[name] == wanted.params[name], name


def test_every_default_in_the_file_with_comments_is_valid(tmp_path: Path) -> None:
    lines = [line.removeprefix("#") for line in commented_file() if " = " in line]
    path = tmp_path / "all.toml"
    path.write_text("\n".join(lines))
    (tmp_path / "greeting.txt").write_text("Be kind.")

    found = read_configuration(path)

    assert found.problems == []
    assert set(found.values) == {setting.parameter for setting in TABLE}


def test_a_default_in_the_file_with_comments_changes_nothing(tmp_path: Path) -> None:
    defaults = [s for s in TABLE if s.default is not None]
    path = tmp_path / "defaults.toml"
    path.write_text("".join(f"{s.name} = {toml_value(s.default)}\n" for s in defaults))

    with_file = cli.server.make_context("server", ["--config", str(path)])

    without = cli.server.make_context("server", [])
    for setting in defaults:
        name = setting.parameter
        assert with_file.params[name] == without.params[name]


def test_the_help_lists_every_setting_once_in_its_group() -> None:
    context = click.Context(cli.server, info_name="server")

    text = cli.server.get_help(context)

    for heading, settings in SETTINGS_BY_GROUP.items():
        for setting in settings:
            assert text.count(f"\n  {setting.option} ") == 1
            assert text.index(f"\n{heading}:\n") < text.index(setting.option)
    assert text.count("\n  --config ") == 1
