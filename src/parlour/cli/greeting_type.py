"""The type of an option for the file with the greeting of a server."""

from pathlib import Path
from typing import Final, NamedTuple

from parlour.core.protocol.greeting_text import greeting_text

from .option_types import file_in_directory
from .value_type import ValueType

MAX_FILE: Final = 65_536  # bytes; a greeting is shorter


class Greeting(NamedTuple):
    """The text of a greeting, and the file that it is from."""

    text: str
    path: Path


class GreetingType(ValueType[Greeting | None]):
    """A text file in UTF-8; nothing if the option is empty."""

    name = "file"
    is_file = True

    def parse(self, value: object) -> Greeting | None:
        if not value:
            return None
        path = Path(str(value))
        try:
            with path.open("rb") as file:
                data = file.read(MAX_FILE + 1)
            if len(data) > MAX_FILE:
                self.fail(f"{path}: it has more than {MAX_FILE:,} bytes")
            text = data.decode("utf-8-sig").replace("\r\n", "\n")
            return Greeting(greeting_text(text), path)
        except UnicodeDecodeError:
            self.fail(f"{path}: it is not in UTF-8")
        except OSError as exc:
            self.fail(f"{path}: {exc.strerror}")
        except ValueError as exc:
            self.fail(f"{path}: {exc}")

    def written(self, value: Greeting | None) -> str:
        return "" if value is None else f"{value.path}"

    def in_directory(self, value: object, directory: Path) -> object:
        return file_in_directory(value, directory)
