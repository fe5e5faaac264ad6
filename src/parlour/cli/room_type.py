"""The type of an option that names a room."""

import re
from typing import Final

import click
from click.shell_completion import CompletionItem

from .value_type import ValueType

MAX_ROOMS: Final = 100  # that one client may be in
MAX_TYPED: Final = 128  # characters; a server allows 32 after folding


class RoomType(ValueType[str]):
    """The name of a room, with or without its ``#``, as a server writes it."""

    name = "room"

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem[str]]:
        """Return the open rooms of a server on this machine."""
        from .completion import complete_room  # noqa: PLC0415

        return complete_room(ctx, param, incomplete)

    def parse(self, value: object) -> str:
        from parlour.client.protocol.rooms import folded  # noqa: PLC0415  (late)

        typed = str(value)
        room = folded(typed) if len(typed) <= MAX_TYPED else ""
        if not re.fullmatch(r"[\w-]+", room):
            self.fail(
                f"{typed[:MAX_TYPED]!r} is not the name of a room: use letters, "
                "digits, - and _"
            )
        return room


def each_room_once(
    _ctx: click.Context, _param: click.Parameter, rooms: tuple[str, ...]
) -> tuple[str, ...]:
    """Return *rooms* without repetitions; raise BadParameter if they are too many."""
    found = tuple(dict.fromkeys(rooms))
    if len(found) > MAX_ROOMS:
        raise click.BadParameter(f"use at most {MAX_ROOMS} rooms")
    return found
