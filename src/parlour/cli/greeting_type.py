"""The type of an option for the file with the greeting of a server."""

from pathlib import Path
from typing import Final

from parlour.core.protocol.greeting_text import greeting_text

from .value_type import ValueType

MAX_FILE: Final = 65_536  # bytes; a greeting is shorter


class GreetingType(ValueType[str]):
    """A text file in UTF-8, whose text is the value. The option may be empty."""

    name = "file"

    def parse(self, value: object) -> str:
        if not value:
            return ""
        path = Path(str(value))
        try:
            with path.open("rb") as file:
                data = file.read(MAX_FILE + 1)
            if len(data) > MAX_FILE:
                self.fail(f"{path}: it has more than {MAX_FILE:,} bytes")
            text = data.decode("utf-8-sig").replace("\r\n", "\n")
            return greeting_text(text)
        except UnicodeDecodeError:
            self.fail(f"{path}: it is not in UTF-8")
        except OSError as exc:
            self.fail(f"{path}: {exc.strerror}")
        except ValueError as exc:
            self.fail(f"{path}: {exc}")
