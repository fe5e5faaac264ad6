"""Sends the requests of the outbox in the dialect of the connection."""

from typing import Final

from . import plain, session_encoder
from .client_state import ClientState
from .display_items import Refusal
from .initial_name import InitialName
from .negotiation import Negotiation, Phase
from .order_handler import NO_MODERATORS, done_question
from .order_requests import OrderCommand, OrderRequest
from .pending_lines import OverdueAnswer
from .queued_request import QueuedRequest
from .requests import (
    AccountRequest,
    AdmissionRequest,
    Direct,
    Join,
    Login,
    Rename,
    Request,
    Say,
    Search,
    SecretRequest,
    needs_rooms,
)
from .rooms import ONE_ROOM, title_of
from .sign_in import INSECURE, NO_ACCOUNTS

NO_DIRECT: Final = "this server has no direct messages"


class RequestSender:
    """The sender of the requests in the outbox.

    Requests stay there until the negotiation and the initial name allow sending.
    """

    def __init__(
        self,
        state: ClientState,
        negotiation: Negotiation,
        initial_name: InitialName,
        *,
        interactive: bool,
    ) -> None:
        self.overdue_answer = OverdueAnswer()
        self._display, self._outbox, self._rooms, self._nickname = state[:4]
        self._send_buffer, self._sign_in = state.send_buffer, state.sign_in
        self._negotiation, self._initial_name = negotiation, initial_name
        self._interactive = interactive

    def begin(self) -> None:
        """Start on a new connection, after the negotiation."""
        # While resuming, nothing is sent before the welcome: lines are pending.
        is_resuming = self._negotiation.phase is Phase.RESUMING
        self.overdue_answer.begin(is_overdue=is_resuming)

    def begin_plain(self) -> None:
        """Start to use the plain dialect, with a server that has ignored hello."""
        self.announce_name()
        self._outbox.set_aside_sent_lines()

    def announce_name(self) -> None:
        """Send the wanted name in the plain dialect, once for each connection."""
        self._send_buffer.add(self._nickname.announce())

    def flush(self, now: float) -> None:
        """Send all requests that may be sent now."""
        self._negotiation.update(now)
        is_session = self._negotiation.phase.is_session_dialect
        if self._rooms.lacks_support or self._sign_in.blocks_sending:
            return
        if self._initial_name.blocks_sending:
            is_resuming = self._negotiation.phase is Phase.RESUMING
            if self._outbox.next is not None and not is_resuming:
                self._initial_name.wait(now)
                if not is_session:
                    self.announce_name()
            return
        while (queued := self._outbox.next) is not None and self._may_send(queued):
            if self._rooms.is_single and needs_rooms(queued.request):
                self._refuse()
            elif not self._may_carry(queued.request):
                self._report_refused(self._outbox.refuse_next().request, INSECURE)
            elif is_session:
                self.overdue_answer.request_sent(now)
                self._send(queued)
            else:
                self._send_plain(queued)

    def _may_send(self, queued: QueuedRequest) -> bool:
        match self._negotiation.phase:
            case Phase.SESSION:
                return not self._waits_for_answer(queued)
            case Phase.SIGN_IN:
                return isinstance(queued.request, AdmissionRequest)
            case Phase.RESUMING:
                # The server will send a welcome; a line without an id might be lost.
                return False
            case Phase.NEGOTIATING:
                if self._rooms.wants_others:
                    return False  # the client leaves if the server lacks them
                if not plain.is_expressible(queued.request):
                    return False
                if not isinstance(queued.request, Rename):
                    self.announce_name()
        return self._negotiation.has_room

    def _waits_for_answer(self, queued: QueuedRequest) -> bool:
        """Whether a request is sent only after an answer of the server.

        A line may be for a direct room that is over by now. And an error about a direct
        message does not say to whom, so that only one of them is sent at a time. Until
        a login is answered, nothing is sent, since it might be sent as a guest.
        """
        if self._outbox.in_flight.has(Login, ""):
            return True
        match queued.request:
            case Say(_, name):
                room = self._rooms.find(name)
                return room is not None and room.is_uncertain
            case Direct():
                return self._outbox.in_flight.has(Direct, "")
            case _:
                return False

    def _refuse(self) -> None:
        """Drop the next request, since it is not about the only room of the server."""
        refused = self._outbox.refuse_next()
        match refused.request:
            case _ if isinstance(refused.request, AccountRequest):
                self._report_refused(refused.request, NO_ACCOUNTS)
            case Say(_, room):
                found = self._rooms.find(room)
                label = title_of(room, found.other if found is not None else "")
                self._display.note(f"Not sent to {label}: {ONE_ROOM}")
            case _ if isinstance(refused.request, OrderRequest):
                self._display.show(Refusal(NO_MODERATORS, b"", "", "", ""))
            case Direct(_, text):
                what = "Not sent" if text else "Not opened"
                why = f"{what}: {NO_DIRECT}"
                self._display.show(Refusal(why, b"", "", "", "direct"))
            case _:
                about = "join" if isinstance(refused.request, Join) else ""
                why = f"Not possible: {ONE_ROOM}"
                self._display.show(Refusal(why, b"", "", "", about))

    def _may_carry(self, request: Request) -> bool:
        """Return whether *request* may be sent on this connection."""
        return self._sign_in.is_secure or not isinstance(request, SecretRequest)

    def _report_refused(self, request: Request, reason: str) -> None:
        """Report why the client does not send *request*, which is about an account."""
        self._display.show(Refusal(reason, b"", "", "", "login"))
        if isinstance(request, Login):
            self._sign_in.login_refused(reason)

    def _send(self, queued: QueuedRequest) -> None:
        self._send_buffer.add(session_encoder.encode(queued.request, queued.id))
        self._outbox.sent(is_answered=True)
        if isinstance(queued.request, OrderCommand):
            self._send_buffer.add(done_question(queued))
        if isinstance(queued.request, Login):
            self._sign_in.login_sent()
        elif isinstance(queued.request, Rename) and self._sign_in.is_refused:
            self._nickname.requested_as_guest(queued.request.name)
        elif isinstance(queued.request, Rename):
            self._nickname.requested(queued.request.name)

    def _send_plain(self, queued: QueuedRequest) -> None:
        request = queued.request
        if isinstance(request, Search):
            self._outbox.refuse_next()
            self._display.note("This server cannot search")
            return
        self._outbox.sent(is_answered=False)
        if not plain.is_expressible(request):
            self._display.note("This server only sends the latest messages")
        is_message = isinstance(request, Say)
        self._send_buffer.add_request(plain.encode(request), is_message=is_message)
        if isinstance(request, Rename):
            self._nickname.requested(request.name)
        if isinstance(request, Say) and not self._interactive:
            text = plain.replace_surrogates(request.text)
            self._outbox.acknowledgements.expect(text)
        self._negotiation.sent(queued)
