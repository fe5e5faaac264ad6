"""The scenes: for each action of the table, how it is acted out.

For a new action, write a class of one of the two kinds, and add it here.
"""

from typing import Final

from parlour.core.state.permissions import Action

from .person_scenes import (
    Appoint,
    AppointOnServer,
    Ban,
    BanOnServer,
    Erase,
    Kick,
    Lift,
    Mute,
)
from .public_scenes import Announce, Lock, ReadActs, SetTopic, Slow, SpeakInLocked
from .scene import Scene

MUTE: Final = Mute(on_server=False)
MUTE_ON_SERVER: Final = Mute(on_server=True)

SCENES: Final[dict[Action, Scene]] = {
    Action.SET_TOPIC: SetTopic(),
    Action.KICK: Kick(),
    Action.MUTE: MUTE,
    Action.BAN: Ban(),
    Action.LIFT: Lift(MUTE),
    Action.LOCK: Lock(),
    Action.ERASE: Erase(),
    Action.SLOW: Slow(),
    Action.SPEAK_IN_LOCKED: SpeakInLocked(),
    Action.APPOINT: Appoint(),
    Action.READ_ACTS: ReadActs("", "in #lobby"),
    Action.MUTE_ON_SERVER: MUTE_ON_SERVER,
    Action.BAN_ON_SERVER: BanOnServer(),
    Action.LIFT_ON_SERVER: Lift(MUTE_ON_SERVER),
    Action.APPOINT_ON_SERVER: AppointOnServer(),
    Action.READ_ACTS_ON_SERVER: ReadActs("--server ", "on the whole server"),
    Action.ANNOUNCE: Announce(),
}
