"""The model's roles and sanctions: who may do what, and who must not."""

from parlour.core.entries import SanctionKind, Target
from parlour.core.names.validation import is_address, is_numbered_guest
from parlour.core.roles import Role
from tests.core.state.model_tables import Place, SanctionRow, SessionRow, Tables

MUTE, BAN = SanctionKind.MUTE, SanctionKind.BAN

WITHIN = {
    "192.0.2.0/24": {"192.0.2.1", "192.0.2.2"},
    "2001:db8::/48": {"2001:db8::/64", "2001:db8:0:7::/64"},
    "192.0.2.1/32": {"192.0.2.1"},
}
"""The networks of random entries that are in others, besides themselves."""


class Restrictions(Tables):
    """Questions about roles and sanctions, at the time of the entry."""

    # -- roles ------------------------------------------------------------------------

    def role(self, account: int, room: str | None) -> Role:
        """Return the role of an account in a room, or on the server; 0 is a guest."""
        if account not in self.accounts:
            return Role.GUEST
        role = self.accounts[account].role
        if room is None or account not in self.places[room].roles:
            return role
        return max(role, self.places[room].roles[account])

    def role_of(self, session: int, room: str | None) -> Role:
        return self.role(self.sessions[session].account, room)

    # -- sanctions --------------------------------------------------------------------

    def is_over(self, row: SanctionRow) -> bool:
        return row.until is not None and row.until <= self.time

    def meant(self, target: Target) -> list[int]:
        """Return the sessions of those who are meant."""
        rows = sorted(self.sessions.items())
        return [n for n, row in rows if is_meant(target, row.account, n, row)]

    def has_sanction(self, kind: SanctionKind, room: str | None, session: int) -> bool:
        row = self.sessions[session]
        return self.has(kind, room, row.account, session, row.token, row.network)

    def has(
        self,
        kind: SanctionKind,
        room: str | None,
        account: int,
        session: int,
        token: str,
        network: str,
    ) -> bool:
        """Return whether somebody has a sanction in a room, or on the server."""
        person = SessionRow("", set(), "", 0, token, network=network)
        return any(
            is_meant(each.target, account, session, person)
            for each in self.sanctions.values()
            if (each.kind, each.room) == (kind, room) and not self.is_over(each)
        )

    # -- private rooms ----------------------------------------------------------------

    def knows(self, session: int | None, room: str) -> bool:
        """Return whether somebody may know of a room; None is the operator."""
        if not self.places[room].is_private or session is None:
            return True
        row = self.sessions[session]
        account = self.accounts.get(row.account)
        is_in = room in row.rooms or (account is not None and room in account.rooms)
        return is_in or self.role_of(session, room) >= Role.OWNER

    def is_known(self, actor: int | None, room: str) -> bool:
        """Return whether there is an open room, of which somebody may know."""
        return self.is_public(room) and self.knows(actor, room)

    def why_not_acting(self, actor: int | None, room: str | None) -> list[str]:
        """Return why somebody cannot act in an open room, or on the server."""
        if room is not None and not self.is_known(actor, room):
            return ["no_such_room"]
        return self.why_banned(actor, room)

    def why_banned(self, actor: int | None, room: str | None) -> list[str]:
        """Return why somebody does nothing in a room, also in a closed one."""
        places = () if actor is None else (None, room)
        is_banned = any(self.has_sanction(BAN, each, actor or 0) for each in places)
        return ["banned"] if is_banned else []

    def is_invited(self, session: int, room: str) -> bool:
        account = self.sessions[session].account
        keys = [(room, 0, session, "")]
        keys += [(room, account, 0, "")] if account else []
        rows = [self.invitations[each] for each in keys if each in self.invitations]
        return any(self.time < each.until for each in rows)

    def has_code(self, room: str | None, code: str) -> bool:
        row = self.invitations.get((room, 0, 0, code)) if code else None
        return row is not None and self.time < row.until

    def why_not_entered(self, session: int, room: str) -> list[str]:
        """Return why somebody must not enter a room that is not direct."""
        if not (self.knows(session, room) or self.is_invited(session, room)):
            return ["room_unavailable"]
        return ["banned"] if self.has_sanction(BAN, room, session) else []

    # -- what they forbid -------------------------------------------------------------

    def must_keep_name(self, session: int) -> bool:
        """Return whether a guest with a name is muted in a room, or on the server."""
        row = self.sessions[session]
        if is_address(row.name) or (not row.address and is_numbered_guest(row.name)):
            return False
        places = (None, *self.sessions[session].rooms)
        return any(self.has_sanction(MUTE, each, session) for each in places)

    def why_no_writing(self, session: int, room: str | None) -> list[str]:
        """Return why somebody must not write anything that the others see."""
        if self.has_sanction(MUTE, None, session):
            return ["muted"]
        if room is None:
            return []
        if self.has_sanction(MUTE, room, session):
            return ["muted"]
        is_moderator = self.role_of(session, room) >= Role.MODERATOR
        return ["locked"] if self.places[room].is_locked and not is_moderator else []

    def why_silent(self, session: int, room: str) -> list[str]:
        """Return why somebody must not speak in a room now."""
        if codes := self.why_no_writing(session, room):
            return codes
        place = self.places[room]
        if self.role_of(session, room) >= Role.MODERATOR:
            return []
        known = [each for each in self.speakers(session) if each in place.spoke]
        must_wait = any(self.waits(place.spoke[each], place.slow) for each in known)
        return ["too_fast"] if must_wait else []

    def speakers(self, session: int) -> list[int | str]:
        """Return everything by which a user waits."""
        row, person = self.sessions[session], self.person(session)
        is_known = row.token and not row.account
        return [person, f"token {row.token}"] if is_known else [person]

    def waits(self, last: float, slow: int) -> bool:
        return last <= self.time < last + slow

    def note_spoken(self, session: int, room: str) -> None:
        """Note that somebody spoke, and from where a guest did."""
        place, row = self.places[room], self.sessions[session]
        if place.slow:
            is_guest = row.network and not row.account
            network = [f"network {row.network}"] if is_guest else []
            for each in [*self.speakers(session), *network]:
                self.note_waiting(each, place, self.time)
            self.forget_waiting(place)

    def note_entered(self, session: int, room: str) -> None:
        """Let a guest who enters wait like the last who spoke from its network."""
        place, row = self.places[room], self.sessions[session]
        network, person = f"network {row.network}", self.person(session)
        if not row.account and network in place.spoke:
            times = place.spoke[network], place.spoke.get(person, 0.0)
            self.note_waiting(person, place, max(times))
            self.forget_waiting(place)

    @staticmethod
    def note_waiting(who: int | str, place: Place, time: float) -> None:
        place.spoke.pop(who, None)
        place.spoke[who] = time

    def forget_waiting(self, place: Place) -> None:
        """Forget the first who need not wait now."""
        while place.spoke:
            first, last = next(iter(place.spoke.items()))
            if self.waits(last, place.slow):
                break
            del place.spoke[first]


def is_meant(target: Target, account: int, session: int, row: SessionRow) -> bool:
    """Return whether somebody is meant by any of what *target* names."""
    networks = {target.network} | WITHIN.get(target.network, set())
    return (
        (target.account != 0 and target.account == account)
        or (target.session != 0 and target.session == session)
        or (target.token != "" and target.token == row.token)
        or (account == 0 and row.network != "" and row.network in networks)
    )
