"""What a server says of itself at its start."""

from parlour.server.status_report import Facts, PageFacts, banner

FACTS = Facts("1", "asyncio", ["127.0.0.1:5555"], True, 10, 10, "none")
OPEN = FACTS._replace(
    addresses=["0.0.0.0:5555"],
    is_local=False,
    reachable=["192.0.2.7:5555", "[2001:db8::7]:5555"],
)
PAGE = PageFacts([], ["0.0.0.0:8080"], "read", False, False, ["192.0.2.7:8080"])


def test_a_server_for_this_machine_is_joined_by_its_address() -> None:
    lines = banner(FACTS).splitlines()

    assert lines[-1] == "join with: python3 client.py 127.0.0.1 5555"
    assert "other machines" not in banner(FACTS)


def test_a_server_for_others_is_joined_by_an_address_that_they_can_use() -> None:
    lines = banner(OPEN).splitlines()

    assert "other machines find it at 192.0.2.7:5555 and [2001:db8::7]:5555" in lines
    assert lines[-1] == "join with: python3 client.py 192.0.2.7 5555"


def test_a_page_for_others_is_at_an_address_that_they_can_use() -> None:
    assert "page: http://192.0.2.7:8080/ (read only)" in banner(
        FACTS._replace(page=PAGE)
    )


def test_a_server_whose_machine_has_no_other_address_is_joined_from_it() -> None:
    alone = OPEN._replace(reachable=[])

    assert banner(alone).endswith("join with: python3 client.py 127.0.0.1 5555")
