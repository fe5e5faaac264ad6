"""The scenes of what is done to somebody."""

from itertools import count
from typing import ClassVar, Final

from parlour.core.roles import Role

from .cast import ACTORS, STUDENT, TARGETS, Cast
from .people import Actor, Deed, Person
from .scene import PersonScene

NOT_RECOGNISED: Final = "guest cannot be banned: it connects from the server"


class Kick(PersonScene):
    def deed_to(self, name: str) -> Deed:
        tool = "admin", "kick", name, "--room", "lobby", "--reason", "noise"
        return Deed(f"/kick {name} noise", tool)

    def happens_to(self, cast: Cast, actor: Actor, target: Person) -> None:
        cast.everybody_hears(f"[Server]: {actor.by} has removed {target.name}: noise")
        if target.name == STUDENT:
            target.is_turned_away()
            cast.returns(target)
        else:
            _leaves(cast, target, "You were removed from #lobby")
            _returns(cast, target)


def _leaves(cast: Cast, target: Person, why: str) -> None:
    """Check that somebody had to leave the lobby, and that everybody hears it."""
    for each in target.clients:
        each.err.expect(why)
    cast.everybody_hears(f"{target.name} has left the chat", but=target)


def _returns(cast: Cast, target: Person) -> None:
    """Let somebody enter the lobby again."""
    for each in target.clients:
        each.type("/join lobby")
        each.out.expect(f"{target.name} has entered the chat")
    cast.everybody_hears(f"{target.name} has entered the chat", but=target)


class Mute(PersonScene):
    """A mute in the lobby, or on the whole server."""

    def __init__(self, *, on_server: bool) -> None:
        self._on_server = on_server
        self._option = " --server" if on_server else ""
        self._place = () if on_server else ("--room", "lobby")

    def deed_to(self, name: str) -> Deed:
        tool = "admin", "mute", name, "10m", "--reason", "noise", *self._place
        return Deed(f"/mute{self._option} {name} 10m noise", tool)

    def undo(self, name: str) -> Deed:
        tool = "admin", "unmute", name, *self._place
        return Deed(f"/unmute{self._option} {name}", tool)

    def happens_to(self, cast: Cast, actor: Actor, target: Person) -> None:
        self.is_told(cast, actor, target)
        self.holds(target)
        actor.does(self.undo(target.name))
        self.end_is_told(cast, actor, target)
        cast.is_heard(target)

    def is_told(self, cast: Cast, actor: Actor, target: Person) -> None:
        if self._on_server:
            actor.hears_that_it_is_done(f"{target.name} is muted on the whole server")
        else:
            act = f"[Server]: {actor.by} has muted {target.name} until "
            cast.everybody_hears(act)

    def holds(self, target: Person) -> None:
        where = "" if self._on_server else " in #lobby"
        for each in target.clients:
            each.type("hello")
            line = each.out.expect(f"[Server]: you are muted{where} until ")
            assert line.endswith(": noise")

    def end_is_told(self, cast: Cast, actor: Actor, target: Person) -> None:
        if self._on_server:
            actor.hears_that_it_is_done(f"{target.name} may speak again")
        else:
            act = f"[Server]: {actor.by} lets {target.name} speak again"
            cast.everybody_hears(act)


class Erase(PersonScene):
    """The last message of somebody is erased, and is in nobody's history then."""

    allows_own = True

    def __init__(self) -> None:
        self._numbers = count(1)
        self._texts: dict[str, str] = {}

    def prepare(self, cast: Cast) -> None:
        for name in (*TARGETS.values(), STUDENT):
            self._speaks(cast, cast[name])

    def _speaks(self, cast: Cast, target: Person) -> None:
        text = f"erasable {next(self._numbers)}."
        self._texts[target.name] = text
        target.says(text)
        cast.everybody_hears(f"{target.name}: {text}")

    def deed_to(self, name: str) -> Deed:
        return Deed(f"/erase {name}", ("admin", "erase", name, "--room", "lobby"))

    def happens_to(self, cast: Cast, actor: Actor, target: Person) -> None:
        of = "" if actor is target else f" of {target.name}"
        cast.everybody_hears(f"[Server]: {actor.by} has erased a message{of}")
        assert not self._is_found(cast, target)
        self._speaks(cast, target)

    def is_spared(self, cast: Cast, target: Person) -> None:
        """Check that the message can still be found."""
        assert self._is_found(cast, target)

    def _is_found(self, cast: Cast, target: Person) -> bool:
        """Search for the last message of *target*; return whether it is found."""
        ada = cast[ACTORS[Role.ADMIN]]
        text = self._texts[target.name]
        ada.says(f"/search {text}")
        return "no messages" not in ada.is_told(f"with “{text}”")


class Lift(PersonScene):
    """The end of a mute of the operator."""

    def __init__(self, mute: Mute) -> None:
        self._mute = mute

    def prepare(self, cast: Cast) -> None:
        for each in self._muted(cast):
            cast.operator.does(self._mute.deed_to(each.name))
            self._mute.is_told(cast, cast.operator, each)

    def tidy(self, cast: Cast) -> None:
        for each in self._muted(cast):
            cast.operator.does(self._mute.undo(each.name))
            self._mute.end_is_told(cast, cast.operator, each)

    @staticmethod
    def _muted(cast: Cast) -> list[Person]:
        return [cast[name] for name in (*TARGETS.values(), STUDENT)]

    def deed_to(self, name: str) -> Deed:
        """The operator lifts each of them in `tidy`."""
        return self._mute.undo(name)._replace(tool=())

    def happens_to(self, cast: Cast, actor: Actor, target: Person) -> None:
        self._mute.end_is_told(cast, actor, target)
        cast.is_heard(target)
        cast.operator.does(self._mute.deed_to(target.name))
        self._mute.is_told(cast, cast.operator, target)

    def is_spared(self, _cast: Cast, target: Person) -> None:
        """Check that the target is still muted."""
        self._mute.holds(target)


class Ban(PersonScene):
    impossible: ClassVar[dict[str, str]] = {STUDENT: NOT_RECOGNISED}

    def deed_to(self, name: str) -> Deed:
        where = "--reason", "spam", "--room", "lobby"
        return Deed(f"/ban {name} 2h spam", ("admin", "ban", name, "2h", *where))

    def undo(self, name: str) -> Deed:
        tool = "admin", "unban", name, "--room", "lobby"
        return Deed(f"/unban {name}", tool)

    def happens_to(self, cast: Cast, actor: Actor, target: Person) -> None:
        act = f"[Server]: {actor.by} has banned {target.name} until "
        cast.everybody_hears(act)
        _leaves(cast, target, "You are banned from #lobby")
        self.holds(target)
        actor.does(self.undo(target.name))
        act = f"[Server]: {actor.by} has lifted the ban of {target.name}"
        cast.everybody_hears(act, but=target)
        _returns(cast, target)

    @staticmethod
    def holds(target: Person) -> None:
        for each in target.clients:
            each.type("/join lobby")
            line = each.out.expect("[Server]: you are banned from #lobby until ")
            assert line.endswith(": spam")


class BanOnServer(PersonScene):
    impossible: ClassVar[dict[str, str]] = {STUDENT: NOT_RECOGNISED}

    def deed_to(self, name: str) -> Deed:
        tool = "admin", "ban", name, "2h", "--reason", "spam"
        return Deed(f"/ban --server {name} 2h spam", tool)

    def happens_to(self, cast: Cast, actor: Actor, target: Person) -> None:
        actor.hears_that_it_is_done(f"{target.name} is banned on the whole server")
        target.is_turned_away()
        cast.everybody_hears(f"{target.name} has left the chat", but=target)
        tool = "admin", "unban", target.name
        actor.does(Deed(f"/unban --server {target.name}", tool))
        actor.hears_that_it_is_done(f"the ban of {target.name} is lifted")
        cast.returns(target)


class Appoint(PersonScene):
    impossible: ClassVar[dict[str, str]] = {
        TARGETS[Role.GUEST]: "there is no such account",
        STUDENT: "there is no such account",
    }
    own_refusal = "nobody changes their own role"

    def deed_to(self, name: str) -> Deed:
        return self._appointment(name, self._new_role(name))

    @staticmethod
    def _appointment(name: str, role: str) -> Deed:
        tool = "admin", "role", name, role, "--room", "lobby"
        return Deed(f"/role {name} {role}", tool)

    @staticmethod
    def _new_role(name: str) -> str:
        return "member" if name == TARGETS[Role.MODERATOR] else "moderator"

    def happens_to(self, cast: Cast, actor: Actor, target: Person) -> None:
        words = {
            "member": f"[Server]: {actor.by} has made {target.name} an ordinary member",
            "moderator": f"[Server]: {actor.by} has made {target.name} a moderator",
            "owner": f"[Server]: {actor.by} has made {target.name} the owner",
        }
        new = self._new_role(target.name)
        cast.everybody_hears(words[new])
        self._may_moderate(target, new)
        former = _role_in_lobby(target)
        by = actor if former != "owner" else cast[ACTORS[Role.ADMIN]]
        by.does(self._appointment(target.name, former))
        cast.everybody_hears(words[former].replace(actor.by, by.by, 1))

    @staticmethod
    def _may_moderate(target: Person, role: str) -> None:
        target.says("/bans")
        may = role != "member" or target.name == TARGETS[Role.ADMIN]
        target.is_told("muted or banned in #lobby" if may else "only moderators may do")


def _role_in_lobby(target: Person) -> str:
    roles = {TARGETS[each]: each.name.lower() for each in (Role.MODERATOR, Role.OWNER)}
    return roles.get(target.name, "member")


class AppointOnServer(PersonScene):
    impossible = Appoint.impossible
    own_refusal = Appoint.own_refusal

    def deed_to(self, name: str) -> Deed:
        tool = "account", "role", name, "moderator"
        return Deed(f"/role --server {name} moderator", tool)

    def happens_to(self, cast: Cast, actor: Actor, target: Person) -> None:
        actor.hears_that_it_is_done(f"the role of {target.name} is moderator on the")
        for each in target.clients:
            each.err.expect(f"-- signed in as {target.name} (moderator)")
        target.says("/join tea", "/bans", "/leave tea")
        target.is_told("Nobody is muted or banned in #tea")
        is_admin = target.name == TARGETS[Role.ADMIN]
        former = "admin" if is_admin else "member"
        by = cast.operator if is_admin else actor
        tool = "account", "role", target.name, former
        by.does(Deed(f"/role --server {target.name} {former}", tool))
        by.hears_that_it_is_done(f"the role of {target.name} is {former} on the")
        for each in target.clients:
            each.err.expect(f"-- signed in as {target.name}")

    def tidy(self, cast: Cast) -> None:
        """Check that nobody has got a role by what was refused."""
        admins = ACTORS[Role.ADMIN], TARGETS[Role.ADMIN]
        roles = cast.operator.roles()
        assert {name for name in roles if roles[name] != "member"} == {*admins}
