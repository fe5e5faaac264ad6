import pytest

from parlour.core.protocol.foreign_protocols import detect_foreign_start


@pytest.mark.parametrize(
    ("start", "protocol"),
    [
        (b"GET / HTTP/1.1", "HTTP"),
        (b"POST /", "HTTP"),
        (b"OPTIONS * HTTP/1", "HTTP"),
        (b"PRI * HTTP/2.0", "HTTP"),
        (b"\x16\x03\x01\x02\x00\x01", "TLS"),
        (b"SSH-2.0-OpenSSH_9", "SSH"),
        (b"\0\0\0\x05", "binary data"),
        (b"ab\0", "binary data"),
        (b"", ""),
        (b"{", ""),
        (b"G", ""),
        (b"GETTING", ""),
        (b"get / http", ""),
        (b"\x16", ""),
        (b"hello", ""),
        ("ž".encode(), ""),
    ],
)
def test_a_foreign_protocol_is_detected_by_its_first_bytes(
    start: bytes, protocol: str
) -> None:
    assert detect_foreign_start(start) == protocol
