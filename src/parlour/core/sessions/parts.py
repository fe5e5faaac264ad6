"""The parts of a hub, each made from those before it."""

from ..counters import Counters
from ..delivery.delivery import Delivery
from ..limits import Limits
from ..rules import Rules
from ..state.state import State
from .account_commands import AccountCommands
from .admission import Admission
from .answers import Answers
from .arrivals import Arrivals
from .backpressure import Backpressure
from .capacity import Capacity
from .closing import Closing
from .command_handlers import CommandHandlers
from .effect_handlers import EffectHandlers
from .empty_rooms import EmptyRooms
from .erasures import Erasures
from .heartbeat import Heartbeat
from .history_commands import HistoryCommands
from .holds import Holds
from .input_processing import InputProcessor
from .invitation_effects import InvitationEffects
from .invite_commands import InviteCommands
from .line_processor import LineProcessor
from .local_steps import LocalSteps
from .message_outcomes import MessageOutcomes
from .openings import Openings
from .operator_entries import OperatorEntries
from .order_commands import OrderCommands
from .outcomes import Outcomes
from .password_checks import PasswordChecks
from .presence import PresenceChanges
from .proposals import Proposals
from .queue_limit import QueueLimit
from .read_positions import ReadPositions
from .registry import Connections
from .room_commands import RoomCommands
from .room_effects import RoomEffects
from .session_effects import SessionEffects
from .session_proposals import SessionProposals
from .settling import Settling
from .sign_in import SignIn
from .timeouts import Timeouts
from .timers import Timers


class Parts:
    """What a hub consists of. Only the hub uses all of it."""

    def __init__(self, limits: Limits, state: State, node: int, rules: Rules) -> None:
        self.counters = counters = Counters()
        self.capacity = capacity = Capacity(limits)
        self.delivery = delivery = Delivery(limits)
        self.connections = connections = Connections()
        self.timers = timers = Timers(limits)
        self.proposals = proposals = Proposals(state, node, limits)
        self.steps = steps = LocalSteps(state, proposals, delivery, connections)
        self.holds = holds = Holds(proposals, timers, limits.max_users)
        self.reads = reads = ReadPositions(
            state, proposals, delivery, timers, connections
        )
        self.openings = openings = Openings(state, delivery, limits, rules, reads)
        self.sessions = sessions = SessionProposals(
            state, proposals, steps, delivery, connections, rules, limits
        )
        self.admission = admission = Admission(
            state,
            proposals,
            steps,
            delivery,
            timers,
            capacity,
            connections,
            openings,
            sessions,
            rules,
        )
        self.closing = closing = Closing(
            proposals,
            steps,
            delivery,
            timers,
            counters,
            capacity,
            connections,
            holds,
        )
        answers_size = delivery.reports.queued_answers
        self.queues = queues = QueueLimit(limits.max_queued, answers_size, closing)
        self.backpressure = Backpressure(proposals, delivery, timers, limits, queues)
        self.presence = presence = PresenceChanges()
        room_effects = RoomEffects(
            state, delivery, openings, timers, connections, presence
        )
        invitation_effects = InvitationEffects(state, delivery, connections)
        session_effects = SessionEffects(
            state,
            delivery,
            admission,
            openings,
            closing,
            timers,
            counters,
            capacity,
            connections,
            holds,
            room_effects,
            invitation_effects,
            presence,
        )
        self.effects = EffectHandlers(
            state,
            delivery,
            connections,
            holds,
            reads,
            session_effects,
            room_effects,
            invitation_effects,
        )
        answers = Answers(steps, counters)
        self.checks = checks = PasswordChecks()
        self.sign_in = sign_in = SignIn(
            state,
            proposals,
            answers,
            admission,
            sessions,
            closing,
            connections,
            checks,
            counters,
        )
        invites = InviteCommands(state, proposals, answers, connections, checks)
        self.accounts = accounts = AccountCommands(
            state,
            proposals,
            answers,
            sign_in,
            checks,
            self.backpressure,
            connections,
            rules,
            invites,
        )
        messages = MessageOutcomes(state, delivery, connections, reads)
        self.operated = operated = OperatorEntries()
        outcomes = Outcomes(
            state,
            proposals,
            delivery,
            self.effects,
            admission,
            self.backpressure,
            sign_in,
            accounts,
            closing,
            sessions,
            invites,
            messages,
            operated,
        )
        self.settling = Settling(
            state,
            proposals,
            steps,
            delivery,
            self.effects,
            connections,
            outcomes,
            messages,
            reads,
        )
        self.arrivals = Arrivals(timers, admission, closing)
        self.empty_rooms = EmptyRooms(state, proposals, delivery, timers)
        self.timeouts = Timeouts(timers, closing, limits)
        self.heartbeat = Heartbeat(delivery, timers, closing, limits)
        self.rooms = rooms = RoomCommands(
            state, proposals, answers, sessions, connections, invites, reads, limits
        )
        self.erasures = erasures = Erasures(
            state,
            proposals,
            answers,
            steps,
            delivery,
            connections,
            self.backpressure,
        )
        order = OrderCommands(
            state, proposals, answers, connections, invites, erasures, rules
        )
        handlers = CommandHandlers(
            state,
            proposals,
            answers,
            admission,
            rooms,
            HistoryCommands(answers, rooms),
            accounts,
            sessions,
            order,
            closing,
            limits,
            rules,
        )
        lines = LineProcessor(state, proposals, handlers, limits, counters)
        self.input = InputProcessor(
            timers, self.backpressure, admission, lines, closing, counters, sign_in
        )

    def change_limits(self, limits: Limits) -> None:
        """Apply the limits that `Limits.changed` changes."""
        self.capacity.change_limits(limits)
        self.holds.max_held = limits.max_users
        self.timers.change_limits(limits)
        self.sessions.change_limits(limits)
        self.rooms.change_limits(limits)
