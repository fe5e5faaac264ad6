"""Writes a value as TOML does."""

import json


def toml_value(value: object) -> str:
    """Return *value*, a string, a number or several of them, in TOML."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(toml_value(each) for each in value)}]"
    if isinstance(value, int):
        return str(value)
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
