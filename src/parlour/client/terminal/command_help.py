"""The help about commands: the list of all, and what one of them does."""

from typing import Final

from .command_table import BY_NAME, COMMANDS, MODERATION, TOGETHER, CommandHelp

USAGE: Final = max(len(entry.usage) for entry in COMMANDS)  # columns
MODERATION_PAGE: Final = "moderation"
"""The word after /help for the commands that keep order."""

_ABOUT_MODERATION: Final = (
    "They act in the current room, with --server on the whole server.\n"
    "A TIME is 10m, 2h, 3d, 1w or forever, which it is without one.\n"
    "/ban also takes networks. A ROLE is member, moderator, owner or admin."
)


def help_list() -> str:
    """Return the list of commands, which fits a small screen."""
    rows = _help_rows()
    rows.append(_help_row("//text", "send the message /text"))
    more = f"More: /help COMMAND, /help {MODERATION_PAGE}"
    rows.append(f"Everything else is sent as a message. {more}")
    return "\n".join(rows)


def help_moderation() -> str:
    """Return the list of commands that keep order."""
    usage = max(len(entry.usage) for entry in MODERATION)
    rows = [f"{entry.usage:<{usage}}  {entry.about}" for entry in MODERATION]
    return "\n".join([*rows, _ABOUT_MODERATION])


def help_about(entry: CommandHelp) -> str:
    """Return what a command does, an example, and its other names."""
    aliases = [f"/{alias}" for alias in entry.aliases]
    rows = [f"{entry.usage}: {entry.about}"]
    if entry.argument:
        rows.append(f"for example: {entry.example}")
    if aliases:
        rows.append(f"also known as: {', '.join(aliases)}")
    return "\n".join(rows)


def _help_rows() -> list[str]:
    """Return the rows of the list of commands, some of which share one."""
    seconds = {second for second, _ in TOGETHER.values()}
    rows = []
    for entry in COMMANDS:
        if entry.name in TOGETHER:
            second, about = TOGETHER[entry.name]
            rows.append(_help_row(f"{entry.usage}, {BY_NAME[second].usage}", about))
        elif entry.name not in seconds:
            rows.append(_help_row(entry.usage, entry.about))
    return rows


def _help_row(usage: str, about: str) -> str:
    """Return a row of the list of commands."""
    return f"{usage:<{USAGE}}  {about}"
