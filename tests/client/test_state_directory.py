from pathlib import Path

from parlour.client.state_directory import state_directory


def test_the_directory_follows_the_xdg_specification() -> None:
    assert state_directory({"XDG_STATE_HOME": "/x"}) == Path("/x/parlour")
    home = {"HOME": "/home/me", "XDG_STATE_HOME": "relative"}
    assert state_directory(home) == Path("/home/me/.local/state/parlour")
    assert state_directory({}) is None
