"""Who may do what to whom: the whole table."""

from itertools import product

import pytest

from parlour.core.roles import Role
from parlour.core.state.permissions import NEEDED, ON_SERVER, Action, may
from tests.core.state.permission_table import ROLES, TABLES, rows


@pytest.mark.parametrize("action", Action)
def test_who_may_do_what_to_whom(action: Action) -> None:
    expected = rows(TABLES[action])
    targets: list[Role | None] = [*(Role[each.upper()] for each in ROLES), None]

    found = {
        actor: [
            "y" if may(Role[actor.upper()], action, target) is None else "."
            for target in targets
        ]
        for actor in ROLES
    }

    assert found == expected


def test_the_tables_are_complete() -> None:
    assert [role.name.lower() for role in Role] == ROLES
    assert set(TABLES) == set(Action) == set(NEEDED)
    for table in TABLES.values():
        assert list(rows(table)) == ROLES
        assert {len(each) for each in rows(table).values()} == {len(ROLES) + 1}


def test_what_is_done_on_the_whole_server_has_an_action_of_its_own() -> None:
    assert ON_SERVER == {
        Action.MUTE: Action.MUTE_ON_SERVER,
        Action.BAN: Action.BAN_ON_SERVER,
        Action.LIFT: Action.LIFT_ON_SERVER,
        Action.APPOINT: Action.APPOINT_ON_SERVER,
        Action.READ_ACTS: Action.READ_ACTS_ON_SERVER,
        Action.INVITE: Action.INVITE_ON_SERVER,
    }


@pytest.mark.parametrize(
    ("actor", "action", "target", "reason"),
    [
        (Role.GUEST, Action.KICK, Role.GUEST, "only moderators may do that"),
        (Role.MODERATOR, Action.APPOINT, None, "only owners may do that"),
        (Role.OWNER, Action.ANNOUNCE, None, "only admins may do that"),
        (
            *(Role.MODERATOR, Action.BAN, Role.OWNER),
            "only somebody with a higher role can do that to an owner",
        ),
    ],
)
def test_a_refusal_says_who_may(
    actor: Role, action: Action, target: Role | None, reason: str
) -> None:
    why = may(actor, action, target)

    assert why is not None
    assert (why.code, why.reason) == ("not_allowed", reason)


def test_somebody_with_a_higher_role_may_do_all_that_others_may() -> None:
    for action, (lower, higher) in product(
        Action, zip(Role, list(Role)[1:], strict=False)
    ):
        for target in (None, *Role):
            if may(lower, action, target) is None:
                assert may(higher, action, target) is None
