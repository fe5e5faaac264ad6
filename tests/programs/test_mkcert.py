"""Certificates that `parlour mkcert` makes are those that server and client use."""

import os
import stat
from pathlib import Path

import pytest

from parlour.server.tls.certificates import load_pair
from tests.server.tls.pairs import openssl

from .sandbox import Sandbox

MKCERT = ["-m", "parlour", "mkcert"]


def test_a_certificate_for_names_and_addresses_is_made(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    names = ["chat", "chat.lan", "*.chat.lan", "192.0.2.7", "::1"]
    made = sandbox.run_python(*MKCERT, *names, "--out", str(tmp_path), "--days", "30")

    assert made.wait() == 0
    cert, key = tmp_path / "chat.pem", tmp_path / "chat.key"
    facts = load_pair(cert, key).facts
    assert facts.names == tuple(names)
    assert facts.fingerprint[:48] in made.out.text
    assert made.out.lines[-1] == (
        f"join with: parlour chat.lan --tls --fingerprint {facts.fingerprint}"
    )
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    text = openssl("x509", "-in", str(cert), "-noout", "-text")
    assert "CA:FALSE" in text
    assert "TLS Web Server Authentication" in text
    assert "prime256v1" in text


def test_files_are_replaced_only_with_force(sandbox: Sandbox, tmp_path: Path) -> None:
    make = [*MKCERT, "a.lan", "--out", str(tmp_path)]
    assert sandbox.run_python(*make).wait() == 0
    before = [each.read_bytes() for each in sorted(tmp_path.iterdir())]
    refused = sandbox.run_python(*make)
    code = refused.wait()
    kept = [each.read_bytes() for each in sorted(tmp_path.iterdir())]
    assert sandbox.run_python(*make, "--force").wait() == 0
    after = [each.read_bytes() for each in sorted(tmp_path.iterdir())]

    assert code == 1
    assert "a.lan.pem exists" in refused.err.text
    assert kept == before
    assert after != before
    load_pair(tmp_path / "a.lan.pem", tmp_path / "a.lan.key")


@pytest.mark.parametrize(("taken", "other"), [("key", "pem"), ("pem", "key")])
def test_neither_file_is_replaced_if_one_cannot_be_written(
    sandbox: Sandbox, tmp_path: Path, taken: str, other: str
) -> None:
    (tmp_path / f"a.lan.{taken}").mkdir()
    (tmp_path / f"a.lan.{other}").write_text("in use")

    made = sandbox.run_python(*MKCERT, "a.lan", "--out", str(tmp_path), "--force")

    assert made.wait() == 1
    assert made.err.text == f"parlour: {tmp_path}/a.lan.{taken}: Is a directory\n"
    assert {each.name for each in tmp_path.iterdir()} == {"a.lan.key", "a.lan.pem"}
    assert (tmp_path / f"a.lan.{other}").read_text() == "in use"


def test_the_directory_may_be_new_and_is_private_then(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    made = sandbox.run_python(*MKCERT, "a.lan", "--out", str(tmp_path / "tls"))

    assert made.wait() == 0
    assert (tmp_path / "tls").stat().st_mode & 0o777 == 0o700
    load_pair(tmp_path / "tls" / "a.lan.pem", tmp_path / "tls" / "a.lan.key")


def test_a_server_with_an_address_of_ipv6_is_to_listen_there(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    made = sandbox.run_python(*MKCERT, "2001:db8::5", "--out", str(tmp_path))

    assert made.wait() == 0
    assert "serve with: parlour serve --host :: --port off --tls-cert" in made.out.text


def test_without_names_it_is_for_this_machine(sandbox: Sandbox, tmp_path: Path) -> None:
    made = sandbox.run_python(*MKCERT, "--out", str(tmp_path))

    assert made.wait() == 0
    [cert] = tmp_path.glob("*.pem")
    names = load_pair(cert, cert.with_suffix(".key")).facts.names
    assert {os.uname().nodename, "localhost", "127.0.0.1"} <= set(names)
    assert names[-1] == "::1", "others find it by an address, which comes first"


def test_a_wrong_name_or_no_openssl_is_an_error_in_one_line(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    wrong = sandbox.run_python(*MKCERT, "not a name")
    assert wrong.wait() == 2
    assert sandbox.run_python(*MKCERT, "fe80::1%eth0").wait() == 2
    sandbox.setenv("PATH", str(tmp_path))
    missing = sandbox.run_python(*MKCERT, "a.lan", "--out", str(tmp_path))

    assert missing.wait() == 1
    assert wrong.err.text == (
        "parlour: 'not a name' is neither a host name nor an IP address\n"
    )
    assert missing.err.text.startswith("parlour: the program openssl is missing: ")
    assert missing.err.text.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
