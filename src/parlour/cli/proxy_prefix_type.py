"""The type of addresses and networks of trusted proxies."""

from ipaddress import IPv6Network, ip_network
from typing import Final

from .value_type import ValueType

_MAPPED: Final = IPv6Network("::ffff:0:0/96")


class ProxyPrefixType(ValueType[str]):
    """An address, or a network such as ``10.0.0.0/8``, but not all of them."""

    name = "prefix"

    def parse(self, value: object) -> str:
        text = str(value)
        example = "an address, or a network such as 10.0.0.0/8"
        try:
            network = ip_network(text)
        except ValueError:
            self.fail(f"{text!r} is not {example}{_whole_network(text)}")
        if network.prefixlen == 0:
            self.fail(f"{text} would trust everybody; name {example}")
        if isinstance(network, IPv6Network) and network.subnet_of(_MAPPED):
            self.fail(f"{text} is an IPv4 network; write it as one")
        return str(network) if "/" in text else text


def _whole_network(text: str) -> str:
    """Return advice about an address inside of a network, such as ``10.0.0.1/8``."""
    try:
        return f"; the network is {ip_network(text, strict=False)}"
    except ValueError:
        return ""
