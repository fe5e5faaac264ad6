"""The file with settings: values, and every error with its line."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parlour.cli.settings.table import TABLE
from parlour.cli.settings.toml_file import (
    MAX_FILE,
    ConfigurationFile,
    lines_of_keys,
    read_configuration,
)


def read(directory: Path, text: str | bytes) -> ConfigurationFile:
    path = directory / "parlour.toml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_configuration(path)


def problems(directory: Path, text: str | bytes) -> list[str]:
    """Return the problems of a file, without the directory."""
    found = read(directory, text)
    return [line.removeprefix(f"{directory}/") for line in found.describe_problems()]


def test_values_are_returned_as_one_would_type_them(tmp_path: Path) -> None:
    text = """
port = 6001
guests = true
show-chat = false
rate = 2.5
max-history = ["50000", "30d"]
web-allow = "chat.example.org"
log-level = "debug"
"""

    found = read(tmp_path, text)

    assert found.problems == []
    assert found.values == {
        "port": "6001",
        "guests": "on",
        "show_chat": "off",
        "rate": "2.5",
        "max_history": ["50000", "30d"],
        "web_allow": ["chat.example.org"],
        "log_level": "debug",
    }
    assert found.lines["rate"] == 5


def test_an_empty_file_sets_nothing(tmp_path: Path) -> None:
    assert read(tmp_path, "\ufeff# nothing\n") == ConfigurationFile(
        tmp_path / "parlour.toml"
    )


def test_a_path_is_relative_to_the_directory_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "rules.txt").write_text("Be kind.")

    found = read(tmp_path, 'history = "chat.db"\ngreeting = "rules.txt"\n')

    assert found.problems == []
    assert found.values["history"] == str(tmp_path / "chat.db")
    assert found.values["greeting"] == str(tmp_path / "rules.txt")


@pytest.mark.parametrize("value", ["memory", "/chat.db"])
def test_memory_and_absolute_paths_stay_as_they_are(tmp_path: Path, value: str) -> None:
    assert read(tmp_path, f'history = "{value}"').values == {"history": value}


def test_every_error_is_found_with_its_line(tmp_path: Path) -> None:
    text = """# settings
prot = 5
port = 70000
web-allow = [
  "a b",
]
max-history = ["5", "6"]
log_level = "warning"
greeting = "none.txt"
host = ["::1"]
history = 1979-05-27
zzzz = 1
"""

    assert problems(tmp_path, text) == [
        "parlour.toml:2: there is no setting prot; did you mean port?",
        "parlour.toml:3: port: '70000' is not a port, a number from 0 to 65535",
        "parlour.toml:4: web-allow: 'a b' is not just a host, such as chat.example.org",
        "parlour.toml:7: max-history: use a number, a size and an age only once each",
        "parlour.toml:8: there is no setting log_level; did you mean log-level?",
        f"parlour.toml:9: greeting: {tmp_path}/none.txt: No such file or directory",
        "parlour.toml:10: host: expected a string, not an array",
        "parlour.toml:11: history: expected a string, not a date",
        "parlour.toml:12: there is no setting zzzz",
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("port = \n", ":1: it is not valid TOML: Invalid value (at column 8)"),
        (
            "port = 1\nport = 2\n",
            ":2: it is not valid TOML: Cannot overwrite a value (at ",
        ),
        (
            '\nhost = "a',
            ":2: it is not valid TOML: Unterminated string (at the end of the file)",
        ),
        (b"# \xff", "it is not in UTF-8"),
        ("#" * (MAX_FILE + 1), "it has more than 1,048,576 bytes"),
        ("[server]\nport = 5\n", "there is no setting server"),
        ('"\\u001b[2J" = 5\n', "there is no setting \\x1b[2J"),
    ],
    ids=["value", "twice", "end", "encoding", "size", "table", "escape"],
)
def test_a_file_that_is_not_settings_is_an_error(
    tmp_path: Path, text: str | bytes, problem: str
) -> None:
    (line,) = problems(tmp_path, text)

    assert problem in line


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("host = true", "expected a string, not true"),
        ("history = false", "expected a string, not false"),
        ("web-prefix = 5", "expected a string, not the number 5"),
        ("web-allow = [5]", "expected a string, not the number 5"),
        ("tls-cert = 1.5", "expected a string, not the number 1.5"),
        ("port = true", 'expected a number or "off", not true'),
        ('port = "5555"', 'expected a number or "off", not the string "5555"'),
        ('web-port = "x"', 'expected a number or "auto", not the string "x"'),
        ('ops-port = "1"', 'expected a number, not the string "1"'),
        (f"max-users = 0x{'f' * 5_000}", "the number has more than 64 bits"),
        ('max-users = "5"', 'expected a number, not the string "5"'),
        ("max-users = false", "expected a number, not false"),
        ("rate = true", "expected a number or a string, not true"),
        ('max-history = ["30d", true]', "expected a number or a string, not true"),
        ("engine = true", 'expected "async" or "threads", not true'),
        ('guests = "no"', 'expected "on" or "read" or "off", not the string "no"'),
        ("max-line = []", "expected a number, not an array"),
        ("greeting = {a = 1}", "expected a string, not a table"),
    ],
)
def test_a_value_of_another_type_is_an_error(
    tmp_path: Path, text: str, problem: str
) -> None:
    name = text.partition(" ")[0]

    assert problems(tmp_path, text) == [f"parlour.toml:1: {name}: {problem}"]


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "none.toml"

    assert read_configuration(path).describe_problems() == [
        f"{path}: No such file or directory"
    ]


def test_a_key_inside_a_string_is_not_its_line() -> None:
    text = 'host = """\nport = 1\n"""\n\n# port = 2\nport = 3\n'

    assert lines_of_keys(text) == {"host": 1, "port": 6}


VALUES = st.one_of(
    st.integers(0, 99),
    st.text(st.characters(exclude_categories=["C"], exclude_characters="\"\\'")),
    st.lists(st.integers(0, 9), max_size=3),
)


@given(st.lists(st.tuples(st.sampled_from(TABLE), VALUES), unique_by=lambda x: x[0]))
def test_the_lines_of_all_keys_are_found(chosen: list[tuple[object, object]]) -> None:
    text, expected, number = "", dict[str, int](), 1
    for setting, value in chosen:
        name = getattr(setting, "name")  # noqa: B009 -- an object for hypothesis
        written = (
            "[\n" + "".join(f"{each},\n" for each in value) + "]"
            if isinstance(value, list)
            else f'"{value}"'
        )
        expected[name] = number
        statement = f"{name} = {written}\n"
        text += statement
        number += statement.count("\n")

    assert lines_of_keys(text) == expected


def test_a_value_with_control_characters_is_reported_on_one_line(
    tmp_path: Path,
) -> None:
    assert problems(tmp_path, 'greeting = "a\\nb\\u001b[2J"') == [
        f"parlour.toml:1: greeting: {tmp_path}/a\\nb\\x1b[2J: No such file or directory"
    ]
