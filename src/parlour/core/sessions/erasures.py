"""Erasures: the history is asked who said a message before it is erased.

The answer is not sent: it becomes an entry, or a refusal. Messages in a direct room
that is not kept are only among the recent events, so the history is not asked.
"""

from typing import Final

from ..delivery.delivery import Delivery
from ..entries import DirectErased, Erased, Target
from ..events import (
    ConnectionId,
    Message,
    Refused,
    SessionId,
)
from ..names.folding import fold_key
from ..protocol.commands import Erase
from ..roles import Role
from ..state import refusals
from ..state.room import Room
from ..state.sessions import Session
from ..state.state import State
from ..storage import FindMessage, Page, Purpose, Question
from .answers import Answers
from .backpressure import Backpressure
from .connection import Connection
from .local_steps import LocalSteps
from .proposals import Proposals
from .registry import Connections
from .steps import AskHistory
from .work_budget import ANSWER_COST, QUERY_COST

ABOUT: Final = "erase"


class Erasures:
    """The commands to erase a message, until the history has found the message.

    There is at most one for each connection, which is blocked meanwhile.
    """

    def __init__(
        self,
        state: State,
        proposals: Proposals,
        answers: Answers,
        steps: LocalSteps,
        delivery: Delivery,
        connections: Connections,
        backpressure: Backpressure,
    ) -> None:
        self._state, self._proposals, self._answers = state, proposals, answers
        self._steps, self._delivery = steps, delivery
        self._connections, self._backpressure = connections, backpressure
        self._wanted: dict[ConnectionId, Erase] = {}

    def ask(self, connection: Connection, session: Session, command: Erase) -> int:
        """Ask who said a message, or erase it if that is known; return the work."""
        room = self._state.restrictions.room_to_erase_in(
            session, command.room, self._connections.wall
        )
        is_in = isinstance(room, Room) and self._is_in(session, room)
        if isinstance(room, Refused):
            self._refuse(connection, room)
        elif room.is_direct and not is_in:
            self._refuse(connection, refusals.no_such_room(command.room))
        elif not is_in and not self._keeps_order(session, room):
            self._refuse(connection, refusals.not_in_room(command.room))
        elif not room.is_kept:
            self._erase_direct(connection, session, command)
        else:
            connection.blocked += 1
            self._wanted[connection.id] = command
            query = FindMessage(room.name, command.sequence, command.name)
            self._steps.add(AskHistory(connection.id, query, Purpose.ERASE))
            return QUERY_COST
        return ANSWER_COST

    def answered(self, question: Question, page: Page | Refused) -> None:
        """Propose the erasure of the message that the history has found."""
        command = self._wanted.pop(question.connection, None)
        connection = self._connections.get(question.connection)
        if command is None or connection is None:
            return
        connection.blocked -= 1
        session = self._state.sessions.get(connection.session)
        if not connection.is_open or session is None:
            return
        found = found_message(command, page)
        if isinstance(found, Message):
            recent = self._delivery.find_message(found.room, found.sequence)
            entry = erasure(self._state, found).replace(
                attachment=connection.attachment,
                by=session.name,
                is_own=self._is_own(session, recent or found),
            )
            self._proposals.propose(entry, connection)
        else:
            self._refuse(connection, found)
            self._backpressure.schedule(connection.id)

    def forget(self, connection: ConnectionId) -> None:
        """Forget a connection that is gone."""
        self._wanted.pop(connection, None)

    def _is_in(self, session: Session, room: Room) -> bool:
        """Return whether the user of a session is in a room, with any session."""
        account = self._state.accounts.get(session.account)
        is_known = account is not None and room.name in account.rooms
        return is_known or session.id in room.members

    def _keeps_order(self, session: Session, room: Room) -> bool:
        """Return whether somebody may erase in a room without being in it."""
        return self._state.roles.of(session, room) >= Role.MODERATOR

    def _is_own(self, session: Session, message: Message) -> bool:
        """Return whether the user of a session has said a message.

        A message of a guest is known to be its own as long as it is recent.
        """
        if message.account:
            return message.account == session.account
        author = self._state.sessions.get(message.session)
        return author is not None and author.person == session.person

    def _erase_direct(
        self, connection: Connection, session: Session, command: Erase
    ) -> None:
        """Erase what the user has said in a direct room, if it is recent."""
        room, wanted = command.room, command.sequence
        if wanted is None:
            key = fold_key(command.name)
            said = (
                each.sequence
                for each in reversed(self._delivery.recent_messages(room))
                if fold_key(each.source) == key and not each.is_erased
            )
            wanted = next(said, 0)
        found = self._delivery.find_message(room, wanted)
        if found is None or found.is_erased:
            self._refuse(connection, refusals.no_such_message(room))
        elif not self._is_own(session, found):
            self._refuse(connection, refusals.not_author(room))
        else:
            entry = DirectErased(room, connection.attachment, found.sequence)
            self._proposals.propose(entry, connection)

    def _refuse(self, connection: Connection, why: Refused) -> None:
        self._answers.refuse(connection, why.replace(about=ABOUT))


def found_message(command: Erase, page: Page | Refused) -> Message | Refused:
    """Return the message that *command* means, or why it cannot be erased."""
    if isinstance(page, Refused):
        return page.replace(room=command.room)
    if not page.messages and command.sequence is None:
        return refusals.no_message_of(command.name, command.room)
    if not page.messages or page.messages[0].is_erased:
        return refusals.no_such_message(command.room)
    return page.messages[0]


def erasure(state: State, message: Message) -> Erased:
    """Return the entry by which the operator erases *message*.

    If the history does not have the author's account, it is the one of that name.
    """
    account = message.account
    if not account and (named := state.accounts.named(fold_key(message.source))):
        account = named.number
    author = Target(message.source, account)
    return Erased(SessionId(0), "", message.room, message.sequence, author)
