"""The whole table of roles and actions, acted out by real programs on one server.

What is allowed happens, and everybody whom it concerns is told; what is not allowed is
refused with the reason, and nothing happens. After a restart all of it still holds.
"""

from pathlib import Path

import pytest

from parlour.core.roles import Role
from parlour.core.state.permissions import Action, may
from tests.core.state.permission_table import ROLES, TABLES, rows

from .acted_table.cast import ACTORS, STUDENT, TARGETS, Cast
from .acted_table.people import Deed, Person
from .acted_table.scenes import SCENES
from .launch import ENGINES
from .sandbox import Sandbox

OPERATOR = "operator"
ELSEWHERE = {
    *(Action.INVITE, Action.SET_PRIVATE, Action.ENTER_PRIVATE, Action.SHUT),
    Action.INVITE_ON_SERVER,
}
"""What nobody can do in this chat: it has the lobby alone, and registers everybody.

`test_private_rooms` acts it out.
"""


def test_every_action_of_the_table_is_acted_out() -> None:
    assert set(SCENES) | ELSEWHERE == set(Action)
    assert not set(SCENES) & ELSEWHERE


@pytest.mark.timeout(400)  # about 30 seconds on two quiet cores
@pytest.mark.parametrize("engine", ENGINES)
def test_the_table_holds(sandbox: Sandbox, path: Path, engine: str) -> None:
    cast = Cast(sandbox, engine, path)

    for action in SCENES:
        play(cast, action)
    leave_sanctions(cast)
    cast.restart_server()
    check_sanctions(cast)

    cast.stop()


def play(cast: Cast, action: Action) -> None:
    """Let somebody of each role try an action on somebody of each role."""
    scene = SCENES[action]
    scene.prepare(cast)
    for actor_role, columns in rows(TABLES[action]).items():
        cells = dict(zip([*ROLES, ""], columns, strict=True))
        refused: list[Person | None] = []
        for target_role in ROLES if scene.is_targeted else [""]:
            targets = cast.targets(target_role) if target_role else [None]
            for target in targets:
                is_own = scene.allows_own and target is cast.actor(actor_role)
                may_do = cells[target_role] == "y" or is_own
                if may_do and is_possible(action, target):
                    allow(cast, action, actor_role, target)
                elif actor_role != OPERATOR:
                    refuse(cast, action, actor_role, target_role, target)
                    refused.append(target)
        told = cast.told()
        for each in refused:
            scene.has_not_happened(cast, each)
        assert cast.told() == told
    scene.tidy(cast)


def is_possible(action: Action, target: Person | None) -> bool:
    return target is None or target.name not in SCENES[action].impossible


def allow(cast: Cast, action: Action, actor_role: str, target: Person | None) -> None:
    scene, actor = SCENES[action], cast.actor(actor_role)
    deed = scene.deed(target)
    if actor_role == OPERATOR and not deed.tool:
        return
    actor.does(deed)
    scene.happens(cast, actor, target)


def refuse(
    cast: Cast,
    action: Action,
    actor_role: str,
    target_role: str,
    target: Person | None,
) -> None:
    scene, actor = SCENES[action], cast[ACTORS[Role[actor_role.upper()]]]
    actor.does(scene.deed(target))
    role = Role[target_role.upper()] if target_role else None
    why = may(Role[actor_role.upper()], action, role)
    if why is None:  # nobody else learns what is impossible
        assert target is not None
        actor.is_told(scene.impossible[target.name])
        return
    may_act = may(Role[actor_role.upper()], action) is None
    is_own = may_act and actor is target and scene.own_refusal
    actor.is_told(scene.refusal(scene.own_refusal if is_own else why.reason))


def leave_sanctions(cast: Cast) -> None:
    """Mute a guest, ban somebody from the lobby, and lock it."""
    mo, ada = cast[ACTORS[Role.MODERATOR]], cast[ACTORS[Role.ADMIN]]
    mo.says(f"/mute {TARGETS[Role.GUEST]} 10m noise")
    cast.everybody_hears(f"mo has muted {TARGETS[Role.GUEST]}")
    mo.says(f"/ban {TARGETS[Role.MEMBER]} 2h spam")
    cast.everybody_hears(f"mo has banned {TARGETS[Role.MEMBER]}")
    for each in cast[TARGETS[Role.MEMBER]].clients:
        each.err.expect("You are banned from #lobby")
    ada.says(f"/mute --server {TARGETS[Role.OWNER]} 10m noise", "/lock")
    cast.everybody_hears("ada has locked the room", but=cast[TARGETS[Role.MEMBER]])


def check_sanctions(cast: Cast) -> None:
    """Check that all of them, and the roles, hold after a restart."""
    gert, mia = cast[TARGETS[Role.GUEST]], cast[TARGETS[Role.MEMBER]]
    gert.says("hello")
    assert gert.is_told("you are muted in #lobby until").endswith(": noise")
    for each in mia.clients:
        each.type("/join lobby")
        assert each.out.expect("you are banned from #lobby until").endswith(": spam")
    otto = cast[TARGETS[Role.OWNER]]
    otto.says("hello")
    assert otto.is_told("you are muted until ").endswith(": noise")
    for role in (Role.GUEST, Role.MEMBER):
        cast[ACTORS[role]].says("hello")
        cast[ACTORS[role]].is_told("#lobby is locked: only moderators speak")
    max_ = cast[TARGETS[Role.MODERATOR]]
    max_.says("order, please", "/role mel moderator")
    max_.is_told("only owners may do that")
    olga = cast[ACTORS[Role.OWNER]]
    olga.says("/role mel moderator", "/role mel member", "/unlock", "/announce tea")
    olga.is_told("only admins may do that")
    cast[STUDENT].hears("max: order, please")
    cast[STUDENT].hears("olga has made mel an ordinary member")
    cast[STUDENT].hears("olga has unlocked the room")
    cast[ACTORS[Role.ADMIN]].does(Deed("/announce tea at noon"))
    cast[STUDENT].hears("announcement by ada: tea at noon")
