"""The model's rules of sessions: opened, resumed, signed in, held, closed, renamed."""

from parlour.core.entries import SessionOpened, SignedIn
from parlour.core.state.names import name_keys
from tests.core.state.model_restrictions import BAN
from tests.core.state.model_rooms import RoomRules
from tests.core.state.model_tables import SessionRow


class SessionRules(RoomRules):
    """What the entries about sessions change."""

    # -- opening --------------------------------------------------------------------

    def open_session(self, entry: SessionOpened) -> list[str]:
        known, own = self.with_token(entry.token), self.at(entry.attachment)
        if known is not None and self.sessions[known].account and not entry.is_secure:
            known, entry = None, entry.replace(token="")
        if codes := self.why_not_opened(entry, known, own):
            return codes
        usable = [each for each in (known, own) if self.is_for(entry, each)]
        session = usable[0] if usable else None
        has_id = entry.attachment in self.sessions and own != entry.attachment
        if entry.attachment <= 0 or (session is None and has_id):
            return []
        for each in (known, own):
            if each is not None and each != session and each in self.sessions:
                self.close(each)
        is_new = session is None
        if session is None:
            session = self.add_session(entry)
        row = self.sessions[session]
        row.attachment, row.is_held = entry.attachment, False
        row.token, row.knows_rooms = entry.token, entry.knows_rooms
        row.network, row.is_brief = entry.network, entry.is_brief
        row.is_plain = entry.is_plain
        return self.settle_opened(session, entry, is_new=is_new)

    def why_not_opened(
        self, entry: SessionOpened, known: int | None, own: int | None
    ) -> list[str]:
        replaced = [each for each in (known, own) if each is not None]
        if self.is_turned_away(entry, replaced):
            return ["banned"]
        if entry.account:
            return self.why_no_sign_in(entry, *replaced)
        if not entry.must_have_name:
            return []
        usable = [each for each in replaced if self.is_for(entry, each)]
        if usable and self.sessions[usable[0]].account:
            is_its_name = self.name_of(usable[0]) == entry.name
            return [] if is_its_name else ["account_name"]
        keys, people = {*entry.keys}, map(self.person, replaced)
        return [] if self.is_name_free(keys, *people) else [self.why_taken(keys)]

    def is_turned_away(self, entry: SessionOpened, replaced: list[int]) -> bool:
        """Return whether somebody is banned from wherever the session could be."""
        usable = [each for each in replaced if self.is_for(entry, each)]
        account = int(entry.account)
        if not account and usable:
            account = self.sessions[usable[0]].account
        rooms = () if entry.knows_rooms else entry.rooms
        token, network = entry.token, entry.network
        return any(
            self.has(BAN, each, account, 0, token, network) for each in (None, *rooms)
        )

    def is_for(self, entry: SessionOpened, session: int | None) -> bool:
        """Return whether an opening can continue a session: not another person's."""
        if session is None or self.sessions[session].is_brief != entry.is_brief:
            return False
        return not entry.account or self.sessions[session].account in {0, entry.account}

    def add_session(self, entry: SessionOpened) -> int:
        session, keys = int(entry.attachment), {*entry.keys}
        if entry.account:
            row = SessionRow("", set(), entry.address, session, "")
        elif entry.name and self.is_name_free(keys):
            row = SessionRow(entry.name, keys, entry.address, session, "")
        else:
            name = self.unchosen_name(entry.address)
            row = SessionRow(name, {*name_keys(name)}, entry.address, session, "")
        self.sessions[session] = row
        if entry.account:
            self.become(session, entry.account, entry.device)
        return session

    def settle_opened(
        self, session: int, entry: SessionOpened, *, is_new: bool
    ) -> list[str]:
        """Give a session its rooms and its name."""
        row = self.sessions[session]
        account = entry.account or row.account
        if account and not row.account:
            self.end_direct_rooms(session)
        wanted: list[str] = list(entry.rooms)
        if account and entry.knows_rooms and not entry.is_brief:
            wanted += self.accounts[account].rooms
        bans = [] if account else self.banned_rooms(session, 0)
        for room in bans:
            self.leave(session, room)
        for room in [each for each in row.rooms if each not in wanted]:
            if not self.is_whispered(room) or not entry.knows_rooms:
                self.drop(session, room)
        void: list[str] = []
        if account:
            self.become(session, account, entry.device)
        elif entry.name and row.name != entry.name:
            keys = {*entry.keys}
            if is_new or not self.is_name_free(keys, session):
                void = [self.why_taken(keys)]
            elif self.must_keep_name(session):
                void = ["muted"]
            else:
                row.name, row.keys = entry.name, keys
        codes = [
            code for room in dict.fromkeys(wanted) for code in self.enter(session, room)
        ]
        if account and not entry.is_brief:
            self.enter_direct_rooms(session)
        return codes + void

    def unchosen_name(self, address: str) -> str:
        if not address:
            self.last_guest += 1
            while not self.is_name_free({*name_keys(f"guest{self.last_guest}")}):
                self.last_guest += 1
            return f"guest{self.last_guest}"
        names = [address, *(f"{address}#{number}" for number in range(2, 99))]
        return next(each for each in names if self.is_name_free({*name_keys(each)}))

    # -- signing in -----------------------------------------------------------------

    def why_no_sign_in(
        self, entry: SessionOpened | SignedIn, *replaced: int
    ) -> list[str]:
        account = self.accounts.get(entry.account)
        if account is None or not (
            entry.device or account.generation == entry.generation
        ):
            return ["auth_failed"]
        if entry.device and entry.device not in account.devices:
            return ["auth_failed"]
        if not account.is_enabled:
            return ["account_disabled"]
        if self.has(BAN, None, entry.account, 0, "", ""):
            return ["banned"]
        if isinstance(entry, SessionOpened):
            is_brief = entry.is_brief
        else:
            is_brief = self.sessions[self.at(entry.attachment) or 0].is_brief
        others = {*self.sessions_of(-entry.account)} - {*replaced}
        others = {each for each in others if not self.sessions[each].is_brief}
        if is_brief:
            return []
        is_full = len(others) >= self.bounds.account_sessions
        return ["too_many_sessions"] if is_full else []

    def sign_in(self, session: int, entry: SignedIn) -> list[str]:
        if self.sessions[session].account:
            return ["already_signed_in"]
        if codes := self.why_no_sign_in(entry):
            return codes
        bans = self.banned_rooms(session, entry.account)
        if bans and not self.sessions[session].knows_rooms:
            return ["banned"]
        self.end_direct_rooms(session)
        self.become(session, entry.account, entry.device)
        knows_rooms = self.sessions[session].knows_rooms
        rooms = self.accounts[entry.account].rooms if knows_rooms else []
        codes = [each for room in rooms for each in self.enter(session, room)]
        self.enter_direct_rooms(session)
        return codes

    def become(self, session: int, account: int, device: int) -> None:
        """Make a session one of an account, unless it is already."""
        row = self.sessions[session]
        row.device = device or row.device
        if not row.account:
            for room in self.banned_rooms(session, account):
                self.leave(session, room)
            for place in [self.places[room] for room in row.rooms]:
                if session in place.spoke:
                    times = place.spoke.pop(session), place.spoke.pop(-account, 0.0)
                    place.spoke[-account] = max(times)
            self.sign_ins += 1
            row.account, row.signed_in = account, self.sign_ins
            row.name, row.keys, row.ignored = "", set(), {}

    def banned_rooms(self, session: int, account: int) -> list[str]:
        """Return the rooms of a session from which an account is banned."""
        row = self.sessions[session]
        return [
            room
            for room in row.rooms
            if self.has(BAN, room, account, 0, row.token, row.network)
        ]

    # -- later ----------------------------------------------------------------------

    def hold(self, session: int | None) -> None:
        if session is None or self.sessions[session].is_held:
            return
        if self.sessions[session].token:
            self.sessions[session].is_held = True
        else:
            self.close(session)

    def close(self, session: int | None) -> None:
        if session is not None:
            for room in list(self.sessions[session].rooms):
                self.drop(session, room)
            del self.sessions[session]
            invited = self.invitations.items()
            self.invitations = {key: row for key, row in invited if key[2] != session}

    def rename(self, session: int, name: str, keys: set[str]) -> list[str]:
        row = self.sessions[session]
        if self.name_of(session) == name:
            return []
        if row.account:
            return ["account_name"]
        if self.must_keep_name(session):
            return ["muted"]
        if not self.is_name_free(keys, session):
            return [self.why_taken(keys)]
        row.name, row.keys = name, keys
        return []

    def ignore(self, session: int, name: str, key: str) -> list[str]:
        row = self.sessions[session]
        if row.account:
            return []
        if key not in row.ignored and len(row.ignored) >= self.bounds.ignored:
            return ["too_many_ignored"]
        row.ignored[key] = name
        return []
