"""`parlour doctor` looks at real servers, and nobody in the chat notices it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from parlour.client.io.known_hosts import KnownHosts
from tests.peers.old_programs import start_old_server
from tests.server.tls.pairs import EC_KEY, Pair, make_pair

from .installed import require
from .launch import ENGINES, SERVER, server_options, start_server
from .sandbox import Sandbox

DOCTOR = ["-m", "parlour", "doctor"]


def findings(sandbox: Sandbox, *arguments: str) -> tuple[int, dict[str, list[str]]]:
    """Return the exit code, and level and text of each finding by its step."""
    program = sandbox.run_python(*DOCTOR, *arguments, "--json")
    code = program.wait()
    assert program.err.text == ""
    found = [json.loads(line) for line in program.out.lines]
    return code, {x["step"]: [x["level"], x["text"]] for x in found}


@pytest.mark.parametrize("engine", ENGINES)
def test_a_server_that_works_is_well_and_nobody_notices(
    sandbox: Sandbox, engine: str
) -> None:
    server = start_server(sandbox, engine)
    romeo = sandbox.join(server.port)

    code, found = findings(sandbox, "127.0.0.1", str(server.port))
    romeo.send(b'{"type": "message", "data": "still alone"}\n')
    romeo.expect("still alone")

    assert code == 0
    assert {level for level, _ in found.values()} == {"ok"}
    assert found["hello"][1] == "the session dialect, version 1, from parlour/0.1.0"
    assert found["guests"][1] == "can read and write"
    assert "median of 5" in found["round trip"][1]
    assert found["clock"][1].startswith("the server is 0.0 s ")
    assert found["registration"][1] == "everybody can register"
    assert romeo.lines == [
        f"[Server]: {romeo.name} has entered the chat",
        f"{romeo.name}: still alone",
    ]


def test_each_finding_is_a_line_for_people(sandbox: Sandbox) -> None:
    server = start_server(sandbox, "async")
    program = sandbox.run_python(*DOCTOR, "127.0.0.1", str(server.port))

    assert program.wait() == 0
    assert program.out.lines[0] == "ok      resolve: 127.0.0.1 is 127.0.0.1"


@pytest.mark.parametrize(
    ("options", "level", "text"),
    [
        (["--guests", "read"], "warning", "can only read"),
        (["--guests", "off"], "warning", "are not admitted"),
    ],
)
def test_what_guests_may_do_is_told(
    sandbox: Sandbox, options: list[str], level: str, text: str
) -> None:
    server = start_server(sandbox, "async", *options)

    code, found = findings(sandbox, "127.0.0.1", str(server.port))

    assert code == 0
    assert found["guests"] == [level, text]


def test_a_full_server_is_an_error(sandbox: Sandbox) -> None:
    server = start_server(sandbox, "async", "--max-users", "1")
    sandbox.join(server.port)

    code, found = findings(sandbox, "127.0.0.1", str(server.port))

    assert code == 1
    assert [level for level, _ in found.values() if level != "ok"] == ["error"]


def test_a_server_of_the_assignment_is_recognised(sandbox: Sandbox) -> None:
    server = start_old_server(sandbox, "threaded_server")

    code, found = findings(sandbox, "127.0.0.1", str(server.port))

    assert code == 0
    assert found["hello"] == [
        *("ok", "speaks the assignment's protocol, without the session dialect"),
    ]


def start_with_tls(sandbox: Sandbox, pair: Pair) -> tuple[int, int]:
    """Start a server with TLS; return its ports, without TLS and with it."""
    files = ["--tls-cert", str(pair.cert), "--tls-key", str(pair.key)]
    options = [*server_options("async"), "--tls-port", "0", *files]
    program = sandbox.run_python(*SERVER, *options)
    facts = json.loads(program.err.expect('"listening"'))
    return facts["port"], int(facts["tls_addresses"].split(",")[0].rpartition(":")[2])


def test_tls_is_checked(sandbox: Sandbox, tmp_path: Path) -> None:
    pair = make_pair(tmp_path)
    plain, tls = start_with_tls(sandbox, pair)
    trusted = ["--tls", "--ca", str(pair.cert)]

    code, found = findings(sandbox, *trusted, "127.0.0.1", str(tls))
    assert code == 0
    assert found["tls"][1] == "TLSv1.3"
    assert found["certificate"][1].startswith("for localhost, 127.0.0.1, until ")
    assert found["guests"] == ["ok", "can read and write"]

    pinned = ["--tls", "--fingerprint"]
    right = found["certificate"][1].rpartition(" ")[2]
    code, found = findings(sandbox, *pinned, right, "127.0.0.1", str(tls))
    assert code == 0
    code, found = findings(sandbox, *pinned, "00" * 32, "127.0.0.1", str(tls))
    assert code == 1
    assert found["certificate"] == [
        *("error", f"another one than expected: SHA-256 {right}"),
    ]

    assert findings(sandbox, "127.0.0.1", str(tls))[1]["hello"] == [
        *("error", "the port is for TLS"),
    ]
    assert findings(sandbox, *trusted, "127.0.0.1", str(plain))[1]["tls"] == [
        *("error", "the server does not speak TLS at this port"),
    ]
    assert findings(sandbox, "--tls", "127.0.0.1", str(tls))[1]["certificate"] == [
        "error",
        f"not trusted: no authority has signed its certificate; SHA-256 {right}",
    ]


def test_a_certificate_that_has_changed_is_an_error_that_says_how_to_go_on(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    _, tls = start_with_tls(sandbox, make_pair(tmp_path))
    sandbox.setenv("XDG_STATE_HOME", str(tmp_path))
    known = KnownHosts(tmp_path / "parlour" / "known_hosts")
    known.remember(f"127.0.0.1:{tls}", "00" * 32)

    program = sandbox.run_python(*DOCTOR, "--tls", "127.0.0.1", str(tls))

    assert program.wait() == 1
    assert f"parlour hosts forget 127.0.0.1 {tls}" in program.out.text


def test_a_certificate_for_another_name_is_an_error(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    pair = make_pair(tmp_path, names=["DNS:chat.example.org"])
    _, tls = start_with_tls(sandbox, pair)

    code, found = findings(
        sandbox, "--tls", "--ca", str(pair.cert), "127.0.0.1", str(tls)
    )

    assert code == 1
    fingerprint = pair.certificates.facts.fingerprint
    assert found["certificate"] == [
        "error",
        f"not trusted: its certificate is for another name; SHA-256 {fingerprint}",
    ]


def test_a_certificate_that_has_expired_is_an_error(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    old = Pair(tmp_path / "old.pem", tmp_path / "old.key")
    files = ["-out", str(old.cert), "-keyout", str(old.key), "-noenc"]
    request = ["openssl", "req", "-x509", *EC_KEY, "-days", "1", "-subj", "/CN=old"]
    request += ["-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(
        [require("faketime"), "2 days ago", *request, *files],
        check=True,
        capture_output=True,
        timeout=30,
    )
    _, tls = start_with_tls(sandbox, old)

    code, found = findings(
        sandbox, "--tls", "--ca", str(old.cert), "127.0.0.1", str(tls)
    )

    assert code == 1
    fingerprint = old.certificates.facts.fingerprint
    assert found["certificate"] == [
        "error",
        f"not trusted: its certificate has expired; SHA-256 {fingerprint}",
    ]
    pinned = ["--tls", "--fingerprint", fingerprint]
    code, found = findings(sandbox, *pinned, "127.0.0.1", str(tls))
    assert (code, found["certificate"][0]) == (0, "warning")
    assert found["certificate"][1].endswith(": it has expired")


def test_authorities_without_tls_are_a_mistake(sandbox: Sandbox) -> None:
    program = sandbox.run_python(*DOCTOR, "127.0.0.1", "5555", "--ca", "ca.pem")

    assert program.wait() == 2
    assert program.err.text == "parlour: --ca needs --tls\n"


def test_a_wrong_clock_is_a_warning(sandbox: Sandbox) -> None:
    server = start_server(sandbox, "async")
    where = ["127.0.0.1", str(server.port), "--json"]
    doctor = [sys.executable, *DOCTOR, *where]

    program = sandbox.run(require("faketime"), "-f", "+1h", *doctor)

    assert program.wait() == 0
    clock = next(x for x in program.out.lines if '"clock"' in x)
    assert json.loads(clock)["level"] == "warning"
    assert " s behind this machine" in clock
