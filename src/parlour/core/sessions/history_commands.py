"""Handlers of the commands that read or search the history."""

from typing import assert_never

from ..events import LOBBY
from ..limits import HISTORY_PAGE
from ..protocol.commands import ReadHistory, ReadPage, SearchHistory
from ..storage import (
    END_OF_SEQUENCES,
    After,
    Before,
    Purpose,
    Query,
    Search,
    SearchRooms,
)
from .answers import Answers
from .connection import Connection
from .room_commands import RoomCommands
from .steps import AskHistory
from .work_budget import ANSWER_COST, QUERY_COST


class HistoryCommands:
    """Turns these commands into questions for the store, if the user may read that."""

    def __init__(self, answers: Answers, rooms: RoomCommands) -> None:
        self._answers, self._rooms = answers, rooms

    def handle(
        self,
        connection: Connection,
        command: ReadHistory | ReadPage | SearchHistory,
    ) -> int:
        """Queue a query of the history; return its units of work."""
        about = "search" if isinstance(command, SearchHistory) else "history"
        query: Query
        match command:
            case ReadHistory():
                limit = HISTORY_PAGE
                query = Before(LOBBY, END_OF_SEQUENCES, limit, has_erased=False)
                step = AskHistory(connection.id, query, Purpose.SUMMARY)
            case ReadPage():
                step = AskHistory(connection.id, _page(command), Purpose.PAGE)
            case SearchHistory(None, words, _, limit):
                rooms = self._rooms.kept_rooms_of(connection)
                query = SearchRooms(rooms, words, limit)
                step = AskHistory(connection.id, query, Purpose.SEARCH)
            case SearchHistory(room, words, before, limit):
                assert room is not None, "the case before"
                query = Search(room, words, _end(before), limit)
                step = AskHistory(connection.id, query, Purpose.SEARCH)
            case _:
                assert_never(command)
        room = None if isinstance(step.query, SearchRooms) else step.query.room
        why = self._rooms.reading_refusal(connection, room) if room else None
        if why is not None:
            self._answers.refuse(connection, why.replace(about=about))
            return ANSWER_COST
        self._answers.ask(connection, step)
        return QUERY_COST


def _page(command: ReadPage) -> Query:
    if command.after is not None:
        return After(command.room, command.after, END_OF_SEQUENCES, command.limit)
    return Before(command.room, _end(command.before), command.limit)


def _end(before: int | None) -> int:
    return END_OF_SEQUENCES if before is None else before
