"""The server's options for TLS: errors, addresses, and a new certificate."""

import json
import signal
import ssl
from pathlib import Path

import pytest

from tests.server.tls.pairs import Pair, make_pair, own_pair
from tests.server.tls.peers import TLSPeer, client_context

from .launch import ENGINES, SERVER
from .process import Program
from .sandbox import Sandbox

NOT_A_PORT = "'many' is neither 'off' nor a port number"
NOTHING_WITH_TLS = (
    "--tls-port off needs a page with --web-tls-port: nothing else uses TLS"
)

on_both = pytest.mark.parametrize("engine", ENGINES)


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    return own_pair(tmp_path)


def files(pair: Pair) -> list[str]:
    """Return the options for a pair."""
    return ["--tls-cert", str(pair.cert), "--tls-key", str(pair.key)]


def start(
    sandbox: Sandbox, pair: Pair, *options: str
) -> tuple[Program, dict[str, object]]:
    """Start a server with TLS on free ports; return its event ``listening``, too."""
    ports = ["--tls-port", "0", "--log-format", "json"]
    server = sandbox.run_python(*SERVER, *files(pair), *ports, *options)
    return server, event(server, "listening")


def event(server: Program, name: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(server.err.expect(f'"{name}"'))
    return found


def port_of(addresses: object) -> int:
    return int(str(addresses).rpartition(":")[2])


def error_of(sandbox: Sandbox, *options: str) -> tuple[int, str]:
    """Return the exit code and the output of a server that does not start."""
    server = sandbox.run_python(*SERVER, "--port", "0", *options)
    code = server.wait()
    return code, server.err.text


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--tls-cert", "cert.pem"], "--tls-cert needs --tls-key"),
        (["--tls-key", "key.pem"], "--tls-key needs --tls-cert"),
        (
            ["--tls-port", "5556"],
            "--tls-port needs --tls-cert: without it, there is no TLS",
        ),
        (
            ["--web-tls-port", "8443"],
            "--web-tls-port needs --tls-cert: without it, there is no TLS",
        ),
        (["--port", "off"], "--port off needs --tls-cert and --tls-key"),
        (
            ["--port", "off", "--tls-port", "off", "--tls-cert", "c", "--tls-key", "k"],
            "--port off needs a --tls-port: there is no other port",
        ),
        (
            ["--tls-port", "off", "--tls-cert", "c", "--tls-key", "k"],
            NOTHING_WITH_TLS,
        ),
        (
            [
                *("--tls-port", "off", "--tls-cert", "c", "--tls-key", "k"),
                *("--web-tls-port", "8443", "--web", "off"),
            ],
            NOTHING_WITH_TLS,
        ),
        (
            ["--tls-port", "many"],
            f"invalid value for '--tls-port': {NOT_A_PORT}",
        ),
    ],
)
def test_options_that_contradict_each_other_are_errors(
    sandbox: Sandbox, options: list[str], message: str
) -> None:
    code, text = error_of(sandbox, *options)

    assert code == 2
    assert text.startswith(f"parlour: {message} (see ")
    assert text.count("\n") == 1


def test_a_port_for_tls_in_the_environment_is_ignored_without_a_certificate(
    sandbox: Sandbox,
) -> None:
    sandbox.setenv("PARLOUR_TLS_PORT", "5556")
    server = sandbox.run_python(*SERVER, "--port", "0", "--log-format", "json")
    ignored = event(server, "environment.ignored")

    assert ignored["variables"] == "PARLOUR_TLS_PORT (no TLS without PARLOUR_TLS_CERT)"
    assert event(server, "listening")["tls_addresses"] is None
    assert server.stop() == 0


def test_files_that_cannot_be_used_are_errors_of_the_configuration(
    sandbox: Sandbox, pair: Pair, tmp_path: Path
) -> None:
    missing = Pair(tmp_path / "missing.pem", pair.key)
    other = Pair(pair.cert, make_pair(tmp_path, "other").key)
    secret = make_pair(tmp_path, "secret", password="rosebud")

    wrong_key = f"it is not the key of the certificate {pair.cert}, or is damaged"
    assert error_of(sandbox, *files(missing)) == (
        78,
        f"parlour: {missing.cert}: No such file or directory\n",
    )
    assert error_of(sandbox, *files(other)) == (
        78,
        f"parlour: {other.key}: {wrong_key}\n",
    )
    code, text = error_of(sandbox, *files(secret))
    assert code == 78
    assert "it is encrypted, and the server cannot ask for its password" in text


def test_a_port_for_tls_that_is_taken_is_named(sandbox: Sandbox, pair: Pair) -> None:
    server, facts = start(sandbox, pair, "--port", "0")
    taken = str(port_of(facts["tls_addresses"]))
    code, text = error_of(sandbox, *files(pair), "--tls-port", taken)

    advice = "choose another with --tls-port or PARLOUR_TLS_PORT"
    assert code == 3
    assert text.endswith(f"address already in use; {advice}\n")
    assert server.stop() == 0


@on_both
def test_a_server_with_tls_only_says_where_it_listens(
    sandbox: Sandbox, pair: Pair, engine: str
) -> None:
    options = ["--port", "off", "--web-tls-port", "0", "--engine", engine]
    server, facts = start(sandbox, pair, *options)
    port = port_of(facts["tls_addresses"])
    loaded = event(server, "certificate.loaded")
    peer = TLSPeer(port)
    line = peer.receive()
    peer.close()

    assert facts["addresses"] is None
    assert facts["port"] == port
    assert str(facts["page"]).startswith("https://127.0.0.1:")
    assert loaded["names"] == "localhost 127.0.0.1"
    assert loaded["sha256"] == pair.certificates.facts.fingerprint
    assert b"has entered the chat" in line
    assert server.stop() == 0


def test_listening_beyond_this_machine_without_tls_is_logged_once(
    sandbox: Sandbox, pair: Pair
) -> None:
    everywhere = ["--host", "0.0.0.0"]
    server, facts = start(sandbox, pair, "--port", "0", *everywhere)
    missing = event(server, "encryption.missing")
    assert server.stop() == 0
    only, _ = start(sandbox, pair, "--port", "off", *everywhere)
    assert only.stop() == 0

    assert missing["addresses"] == facts["addresses"]
    assert server.err.text.count("encryption.missing") == 1
    assert "encryption.missing" not in only.err.text


@on_both
def test_a_new_certificate_is_loaded_on_sighup_and_a_bad_one_is_not(
    sandbox: Sandbox, pair: Pair, tmp_path: Path, engine: str
) -> None:
    server, facts = start(sandbox, pair, "--port", "0", "--engine", engine)
    port = port_of(facts["tls_addresses"])
    old = TLSPeer(port)
    old.receive()
    renewed = make_pair(tmp_path, "renewed")
    pair.copy_from(renewed)
    event(server, "certificate.loaded")
    server.signal(signal.SIGHUP)
    assert event(server, "certificate.loaded")["names"] == "localhost 127.0.0.1"
    assert event(server, "configuration.reloaded")["changed"] == "certificate"
    new = TLSPeer(port, context=client_context(renewed.cert))
    pair.key.write_text("nothing")
    server.signal(signal.SIGHUP)
    refused = event(server, "configuration.invalid")
    third = TLSPeer(port, context=client_context(renewed.cert))
    with pytest.raises(ssl.SSLCertVerificationError):
        TLSPeer(port)
    old.send(b'{"type":"message","data":"still here"}\n')
    while b"still here" not in old.receive():
        pass
    for peer in (old, new, third):
        peer.close()

    assert refused["reason"] == f"{pair.key}: there is no key in PEM format in it"
    assert server.stop() == 0
