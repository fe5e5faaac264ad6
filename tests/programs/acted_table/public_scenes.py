"""The scenes of what is done to nobody: in the lobby, or on the whole server."""

from parlour.core.roles import Role

from .cast import ACTORS, STUDENT, TARGETS, Cast
from .people import Actor, Deed, Person
from .scene import PublicScene


class SetTopic(PublicScene):
    what = Deed("/topic all about tea", ("admin", "topic", "lobby", "all about tea"))

    def everybody_notices(self, cast: Cast, actor: Actor) -> None:
        student = cast[STUDENT]  # whose dialect has no topics
        words = f"{actor.by} changed the topic to: "
        cast.everybody_hears(f"{words}all about tea", but=student)
        actor.does(Deed("/topic none", ("admin", "topic", "lobby", "none")))
        cast.everybody_hears(f"{words}none", but=student)


class Lock(PublicScene):
    what = Deed("/lock", ("admin", "lock", "lobby"))

    def everybody_notices(self, cast: Cast, actor: Actor) -> None:
        cast.everybody_hears(f"[Server]: {actor.by} has locked the room")
        for name in (STUDENT, TARGETS[Role.GUEST], TARGETS[Role.MEMBER]):
            cast[name].says("hello")
            cast[name].is_told("[Server]: #lobby is locked: only moderators speak")
        actor.does(Deed("/unlock", ("admin", "unlock", "lobby")))
        cast.everybody_hears(f"[Server]: {actor.by} has unlocked the room")
        cast.is_heard(cast[STUDENT])


class Slow(PublicScene):
    what = Deed("/slow 600", ("admin", "slow", "lobby", "600"))

    def everybody_notices(self, cast: Cast, actor: Actor) -> None:
        act = f"[Server]: {actor.by} has set slow mode: one message in 600 seconds"
        cast.everybody_hears(act)
        mia = cast[TARGETS[Role.MEMBER]]
        cast.is_heard(mia)
        mia.clients[1].type("once more")
        mia.clients[1].out.expect("[Server]: #lobby is slow: one message in 600 sec")
        actor.does(Deed("/slow off", ("admin", "slow", "lobby", "0")))
        cast.everybody_hears(f"[Server]: {actor.by} has ended slow mode")
        cast.is_heard(mia)


class SpeakInLocked(PublicScene):
    what = Deed("order, please")

    def prepare(self, cast: Cast) -> None:
        cast[ACTORS[Role.ADMIN]].says("/lock")
        cast.everybody_hears("has locked the room")

    def tidy(self, cast: Cast) -> None:
        cast[ACTORS[Role.ADMIN]].says("/unlock")
        cast.everybody_hears("has unlocked the room")

    def refusal(self, _reason: str, /) -> str:
        return "[Server]: #lobby is locked: only moderators speak"

    def everybody_notices(self, cast: Cast, actor: Actor) -> None:
        cast.everybody_hears(f"{actor.by}: order, please")


class ReadActs(PublicScene):
    """What was done is read: nobody else notices."""

    def __init__(self, option: str, where: str) -> None:
        self.what, self._where = Deed(f"/audit {option}1"), where

    def everybody_notices(self, _cast: Cast, actor: Actor, /) -> None:
        assert isinstance(actor, Person), "the operator reads it with a tool"
        actor.is_told(f"[Server]: The last act {self._where}:")


class Announce(PublicScene):
    what = Deed("/announce tea at noon", ("admin", "announce", "tea at noon"))

    def everybody_notices(self, cast: Cast, actor: Actor) -> None:
        words = f"announcement by {actor.by}: tea at noon"
        cast.everybody_hears(words)
