"""A plan of faults is a function of its seed."""

from .faults import AT_ONCE, Conditions, Fault, Kind, Plan, Way

BOTH = frozenset({0, 1})


def fault(kind: Kind, amount: float = 0.5, way: Way = Way.TO_SERVER) -> Fault:
    """Return a fault of link 0 from second 1 to second 3."""
    return Fault(kind, 1.0, 2.0, frozenset({0}), way, amount)


def test_a_seed_makes_the_same_plan_again() -> None:
    assert Plan.of(7, 5, 30.0).faults == Plan.of(7, 5, 30.0).faults
    assert Plan.of(7, 5, 30.0).faults != Plan.of(8, 5, 30.0).faults


def test_each_kind_of_fault_occurs_and_all_end_in_time() -> None:
    for seed in range(50):
        plan = Plan.of(seed, 5, 60.0)

        assert {each.kind for each in plan.faults} == set(Kind)
        assert plan.end <= 60.0


def test_each_fault_is_one_of_some_link() -> None:
    for seed in range(50):
        assert all(each.links for each in Plan.of(seed, 5, 60.0).faults)


def test_a_reset_of_all_is_one_of_every_link() -> None:
    plan = Plan.of(7, 5, 60.0)

    links = [each.links for each in plan.faults if each.kind is Kind.RESET_ALL]

    assert set(links) == {frozenset(range(5))}


def test_a_fault_changes_its_links_while_it_lasts() -> None:
    plan = Plan([fault(Kind.DELAY)])

    found = [plan.conditions(0, Way.TO_CLIENT, now) for now in (0.9, 1.0, 2.9, 3.0)]

    assert found == [Conditions(), Conditions(0.5), Conditions(0.5), Conditions()]
    assert plan.conditions(1, Way.TO_CLIENT, 2.0) == Conditions()


def test_faults_at_the_same_time_add_up() -> None:
    plan = Plan([fault(Kind.DELAY), fault(Kind.THROTTLE, 99.0)])

    assert plan.conditions(0, Way.TO_SERVER, 2.0) == Conditions(0.5, 99.0)


def test_a_one_way_cut_leaves_the_other_way_alone() -> None:
    plan = Plan([fault(Kind.ONE_WAY)])

    assert plan.conditions(0, Way.TO_SERVER, 2.0).is_cut
    assert not plan.conditions(0, Way.TO_CLIENT, 2.0).is_cut


def test_faults_without_a_length_are_carried_out_at_their_start() -> None:
    plan = Plan([fault(each) for each in Kind])

    assert {each.kind for each in plan.at_once()} == AT_ONCE
