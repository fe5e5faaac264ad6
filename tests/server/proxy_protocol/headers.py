"""Headers of the PROXY protocol, as proxies send them."""

from ipaddress import ip_address

SIGNATURE = b"\r\n\r\n\x00\r\nQUIT\n"


def binary(
    host: str = "192.0.2.7",
    port: int = 4711,
    *,
    to: str = "",
    command: int = 0x21,
    family: int | None = None,
    extensions: bytes = b"",
) -> bytes:
    """Return a header of version 2."""
    source = ip_address(host)
    target = ip_address(to or ("::1" if source.version == 6 else "127.0.0.1"))
    rest = source.packed + target.packed + port.to_bytes(2) + (5555).to_bytes(2)
    rest += extensions
    kind = (0x21 if source.version == 6 else 0x11) if family is None else family
    return SIGNATURE + bytes([command, kind]) + len(rest).to_bytes(2) + rest


def local() -> bytes:
    """Return the header of a health check, of version 2."""
    return SIGNATURE + bytes([0x20, 0, 0, 0])


def extension(kind: int, value: bytes) -> bytes:
    """Return a TLV."""
    return bytes([kind]) + len(value).to_bytes(2) + value


def tls_extension(client: int = 0x01) -> bytes:
    """Return the TLV of a client that uses TLS to the proxy, as HAProxy sends it."""
    version = extension(0x21, b"TLSv1.3")
    return extension(0x20, bytes([client]) + bytes(4) + version)


def line(host: str = "192.0.2.7", port: int = 4711) -> bytes:
    """Return a header of version 1."""
    is_v6 = ":" in host
    family, to = ("TCP6", "::1") if is_v6 else ("TCP4", "127.0.0.1")
    return f"PROXY {family} {host} {to} {port} 5555\r\n".encode()
