"""The type of an option for the file with the greeting of a server."""

from pathlib import Path
from typing import Final

import click

from parlour.core.protocol.greeting_text import greeting_text

MAX_FILE: Final = 65_536  # bytes; a greeting is shorter


class GreetingType(click.ParamType[str]):
    """A text file in UTF-8, whose text is the value. The option may be empty."""

    name = "file"

    def convert(
        self,
        value: object,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> str:
        if not value:
            return ""
        path = Path(str(value))
        try:
            with path.open("rb") as file:
                data = file.read(MAX_FILE + 1)
            if len(data) > MAX_FILE:
                self.fail(f"{path}: it has more than {MAX_FILE:,} bytes", param, ctx)
            text = data.decode("utf-8-sig").replace("\r\n", "\n")
            return greeting_text(text)
        except UnicodeDecodeError:
            self.fail(f"{path}: it is not in UTF-8", param, ctx)
        except OSError as exc:
            self.fail(f"{path}: {exc.strerror}", param, ctx)
        except ValueError as exc:
            self.fail(f"{path}: {exc}", param, ctx)
