"""Erases the texts of accounts, as the operator asks for."""

from ..entries import TextsErased
from ..events import Erased
from ..limits import MAX_TEXTS_ERASED
from ..storage import Numbering
from . import refusals
from .effects import Effect, MessageErased
from .rooms import Rooms
from .verdicts import EFFECT, NO_EFFECT, Verdict, void


class TextErasures:
    """Judges and applies `TextsErased`, also in rooms that are closed."""

    def __init__(self, rooms: Rooms, numbering: Numbering) -> None:
        self._rooms, self._number = rooms, numbering

    def judge(self, entry: TextsErased) -> Verdict:
        """Return whether an entry about an account that exists erases anything."""
        room = self._rooms.get(entry.room)
        if room is None or not room.is_kept:
            return void(refusals.no_such_room(entry.room))
        if not 0 < len(entry.targets) <= MAX_TEXTS_ERASED:
            return NO_EFFECT
        if not all(0 < target <= room.sequence for target in entry.targets):
            return void(refusals.no_such_message(entry.room))
        return EFFECT

    def change(self, entry: TextsErased, time: float) -> list[Effect]:
        """Apply an entry that was judged, at the wall time *time*."""
        room, effects = self._rooms[entry.room], list[Effect]()
        for target in entry.targets:
            room.sequence = sequence = self._number(room.sequence)
            event = Erased(
                room.name, sequence, time, target, "", entry.name, is_one_of_many=True
            )
            effects.append(MessageErased(event))
        return effects
