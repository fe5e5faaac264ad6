"""The types of options about proxies and of the path of the page."""

import click
import pytest

from parlour.cli.path_prefix_type import PathPrefixType
from parlour.cli.proxy_prefix_type import ProxyPrefixType


@pytest.mark.parametrize(
    "text", ["10.0.0.0/8", "127.0.0.1", "::1", "fc00::/7", "192.0.2.7/32"]
)
def test_a_proxy_is_an_address_or_a_network(text: str) -> None:
    assert ProxyPrefixType().parse(text) == text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("10.0.0.1/8", "the network is 10.0.0.0/8"),
        ("0.0.0.0/0", "would trust everybody"),
        ("::/0", "would trust everybody"),
        ("::ffff:10.0.0.0/104", "write it as one"),
        ("proxy.example.org", "is not an address"),
        ("10.0.0.0/33", "is not an address"),
        ("fe80::1%eth0/64", "is not an address"),
        ("", "is not an address"),
    ],
)
def test_everybody_is_no_proxy(text: str, reason: str) -> None:
    with pytest.raises(click.BadParameter, match=reason):
        ProxyPrefixType().parse(text)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("/chat", "/chat"),
        ("/a/b-c_d.e~1/", "/a/b-c_d.e~1"),
        ("/", ""),
        ("/...", "/..."),
    ],
)
def test_a_prefix_is_a_path_without_a_slash_at_its_end(text: str, path: str) -> None:
    assert PathPrefixType().parse(text) == path
    assert PathPrefixType().parse(PathPrefixType().written(path)) == path


@pytest.mark.parametrize(
    "text",
    ["", "chat", "//", "//evil", "/a//b", "/a/../b", "/.", "/a b", "/%2e", "/\u00e9"],
)
def test_a_prefix_needs_no_encoding(text: str) -> None:
    with pytest.raises(click.BadParameter, match="is not a path"):
        PathPrefixType().parse(text)
