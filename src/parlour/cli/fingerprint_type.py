"""The type of an option for the fingerprint of a certificate."""

from .value_type import ValueType


class FingerprintType(ValueType[str]):
    """A SHA-256 fingerprint, with or without colons."""

    name = "fingerprint"

    def parse(self, value: object) -> str:
        from parlour.system.tls.certificate_facts import (  # noqa: PLC0415  (loads OpenSSL)
            parse_fingerprint,
        )

        found = parse_fingerprint(str(value))
        if found is None:
            self.fail(
                f"{str(value)!r} is not a SHA-256 fingerprint of 64 hexadecimal digits"
            )
        return found
