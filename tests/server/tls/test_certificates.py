"""Certificates: errors in one line, facts, and loading them again."""

import os
import ssl
from pathlib import Path

import pytest

from parlour.server.tls.certificate_error import CertificateError
from parlour.server.tls.certificates import Certificates, load_pair
from parlour.system.tls.certificate_facts import DAY, certificate_facts
from tests.server.tls.pairs import (
    EC_KEY,
    Pair,
    make_pair,
    openssl,
    own_pair,
)


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    return own_pair(tmp_path)


def test_the_facts_are_those_that_openssl_shows(tmp_path: Path) -> None:
    names = [
        "DNS:chat.example.org",
        "DNS:*.example.net",
        "IP:192.0.2.7",
        "IP:2001:db8::7",
    ]
    pair = make_pair(tmp_path, "chat.example.org", names=names)
    facts = pair.certificates.facts
    shown = openssl("x509", "-in", str(pair.cert), "-noout", "-fingerprint", "-sha256")
    end = openssl("x509", "-in", str(pair.cert), "-noout", "-enddate")

    assert facts.names == (
        *("chat.example.org", "*.example.net", "192.0.2.7", "2001:db8::7"),
    )
    assert shown.strip().partition("=")[2] == facts.fingerprint
    assert ssl.cert_time_to_seconds(end.strip().partition("=")[2]) == facts.expires


def test_names_of_other_kinds_are_left_out(tmp_path: Path) -> None:
    config, cert = tmp_path / "config", tmp_path / "cert"
    config.write_text("[req]\ndistinguished_name = dn\n[dn]\n[dir]\nCN = x\n")
    names = "subjectAltName=dirName:dir,email:a@example.org,DNS:chat.example.org"
    openssl(
        *("req", "-x509", *EC_KEY, "-noenc", "-config", str(config), "-addext", names),
        *("-subj", "/CN=x", "-out", str(cert), "-keyout", str(tmp_path / "key")),
    )

    facts = certificate_facts(cert, cert.read_text())

    assert facts.names == ("chat.example.org",)


def test_a_certificate_without_other_names_has_its_common_name(tmp_path: Path) -> None:
    pair = make_pair(tmp_path, "chat.example.org", names=())

    assert pair.certificates.facts.names == ("chat.example.org",)


def test_the_expiry_date_is_a_day_in_utc(pair: Pair) -> None:
    last = pair.certificates.facts._replace(expires=1_800_000_000.0)  # 08:00 UTC

    assert last.expiry_date == "2027-01-15"


def test_a_certificate_expires_soon_from_14_days_before_its_end(pair: Pair) -> None:
    facts = pair.certificates.facts
    times = [facts.expires - 15 * DAY, facts.expires - 13 * DAY, facts.expires + 1]

    assert [facts.expires_soon(wall) for wall in times] == [False, True, True]
    assert [facts.is_expired(wall) for wall in times] == [False, False, True]


def test_a_key_may_be_in_the_file_of_its_certificate(pair: Pair) -> None:
    both = pair.cert.with_name("both.pem")
    both.write_bytes(pair.key.read_bytes() + pair.cert.read_bytes())

    assert load_pair(both, both).facts.names == ("localhost", "127.0.0.1")


@pytest.mark.parametrize("missing", ["mine.pem", "mine.key"])
def test_a_missing_file_is_named(pair: Pair, missing: str) -> None:
    path = pair.cert.with_name(missing)
    path.unlink()

    with pytest.raises(CertificateError) as raised:
        load_pair(*pair)
    assert str(raised.value) == f"{path}: No such file or directory"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_an_unreadable_key_is_named(pair: Pair) -> None:
    pair.key.chmod(0)

    with pytest.raises(CertificateError) as raised:
        load_pair(*pair)
    assert str(raised.value) == f"{pair.key}: Permission denied"


def test_a_directory_is_named(pair: Pair) -> None:
    with pytest.raises(CertificateError) as raised:
        load_pair(pair.cert.parent, pair.key)
    assert str(raised.value) == f"{pair.cert.parent}: Is a directory"


def test_the_key_of_another_certificate_is_an_error(pair: Pair, tmp_path: Path) -> None:
    other = make_pair(tmp_path, "other")
    rsa = make_pair(tmp_path, "rsa", key=("-newkey", "rsa:2048"))

    for key in (other.key, rsa.key):
        with pytest.raises(CertificateError) as raised:
            load_pair(pair.cert, key)
        reason = f"it is not the key of the certificate {pair.cert}, or is damaged"
        assert str(raised.value) == f"{key}: {reason}"


def test_an_encrypted_key_is_an_error_and_asks_for_nothing(tmp_path: Path) -> None:
    pair = make_pair(tmp_path, "secret", password="rosebud")

    with pytest.raises(CertificateError) as raised:
        load_pair(*pair)
    reason = "it is encrypted, and the server cannot ask for its password"
    decrypt = f"decrypt it with: openssl pkey -in {pair.key} -out FILE"
    assert str(raised.value) == f"{pair.key}: {reason}; {decrypt}"


def test_files_of_another_kind_are_errors(pair: Pair, tmp_path: Path) -> None:
    text = tmp_path / "text"
    text.write_text("no certificate")
    der = tmp_path / "der"
    der.write_bytes(os.urandom(500))
    for path in (text, der, pair.key):
        with pytest.raises(CertificateError) as raised:
            load_pair(path, pair.key)
        reason = "there is no certificate in PEM format in it"
        assert str(raised.value) == f"{path}: {reason}"
    for path in (text, der, pair.cert):
        with pytest.raises(CertificateError) as raised:
            load_pair(pair.cert, path)
        assert str(raised.value) == f"{path}: there is no key in PEM format in it"


def test_a_damaged_certificate_is_an_error(pair: Pair) -> None:
    lines = pair.cert.read_text().splitlines()
    pair.cert.write_text("\n".join([lines[0], *lines[3:]]) + "\n")

    with pytest.raises(CertificateError) as raised:
        load_pair(*pair)
    reason = "there is no certificate in PEM format in it"
    assert str(raised.value) == f"{pair.cert}: {reason}"


def test_a_key_that_is_too_short_is_an_error(tmp_path: Path) -> None:
    pair = make_pair(tmp_path, "weak", key=("-newkey", "rsa:1024"))

    with pytest.raises(CertificateError) as raised:
        load_pair(*pair)
    assert str(raised.value) == f"{pair.cert}: its key is too short to be secure"


def test_a_new_pair_is_used_for_new_connections(pair: Pair, tmp_path: Path) -> None:
    certificates = Certificates(load_pair(*pair))
    first = certificates.context
    renewed = make_pair(tmp_path, "renewed", key=EC_KEY)
    pair.copy_from(renewed)
    certificates.replace(load_pair(*pair))

    assert certificates.context is not first
    assert certificates.facts == renewed.certificates.facts
