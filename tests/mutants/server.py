"""Mistakes in the process: TLS, the ops port, the admin socket, systemd, exit codes."""

from typing import Final

from tests.mutants.mutant import Mutant

MUTANTS: Final = (
    Mutant(
        "plain text is read before the handshake",
        "system/tls/stream.py",
        '            raise NotTLSError("the peer does not speak TLS")',
        "            self.is_established = True\n            return True",
        ("tests/system/tls/test_stream.py",),
    ),
    Mutant(
        "anybody's header says who is behind a proxy",
        "core/proxies.py",
        "return any(address in network for network in self._networks)",
        "return True",
        ("tests/core/test_proxies.py",),
    ),
    Mutant(
        "a line of the PROXY protocol may be endless",
        "server/proxy_protocol/header.py",
        "if not end and len(data) >= MAX_LINE:",
        "if not end and len(data) >= 100 * MAX_LINE:",
        ("tests/server/proxy_protocol/test_header.py",),
    ),
    Mutant(
        "the address of a proxy's line has a zone",
        "server/proxy_protocol/header.py",
        'if "%" not in text:',
        "if text:",
        ("tests/server/proxy_protocol/test_header.py",),
    ),
    Mutant(
        "the protocols before TLS 1.2 are accepted",
        "server/tls/certificates.py",
        "context.minimum_version = ssl.TLSVersion.TLSv1_2",
        "context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED",
        ("tests/server/tls/test_drivers.py", "tests/system/tls/test_stream.py"),
    ),
    Mutant(
        "nobody is warned of a certificate that expires soon",
        "system/tls/certificate_facts.py",
        "return self.expires <= wall + EXPIRY_WARNING",
        "return self.expires <= wall",
        ("tests/server/tls/test_certificates.py",),
    ),
    Mutant(
        "a reload applies settings although the new certificate is bad",
        "server/reloading.py",
        "raise InvalidConfigurationError([str(exc)]) from None",
        "return None",
        ("tests/programs/test_tls_options.py",),
    ),
    Mutant(
        "the ops port is open to every machine",
        "cli/settings/operations.py",
        'default="127.0.0.1",\n        help="Address or name to serve them on.',
        'default="0.0.0.0",\n        help="Address or name to serve them on.',
        ("tests/programs/test_monitoring.py",),
    ),
    Mutant(
        "a server that drains says that it is ready",
        "server/monitoring/health.py",
        "return [STOPPING]",
        "return []",
        ("tests/server/monitoring/test_monitor.py",),
    ),
    Mutant(
        "a journal that refuses is called healthy",
        "server/monitoring/health.py",
        "if not gauges.is_recording:",
        "if gauges.batch_age and not gauges.is_recording:",
        ("tests/server/monitoring/test_monitor.py",),
    ),
    Mutant(
        "a warning has the priority of an error in the journal",
        "server/systemd/journal_stream.py",
        "(logging.WARNING, 4),",
        "(logging.WARNING, 3),",
        ("tests/server/systemd/test_journal_stream.py",),
    ),
    Mutant(
        "a bad configuration has the exit code of a failed start",
        "cli/errors.py",
        "BAD_CONFIGURATION: Final = 78",
        "BAD_CONFIGURATION: Final = 3",
        (
            (
                "tests/programs/test_configuration.py::"
                "test_a_bad_file_ends_with_every_error_and_exit_code_78"
            ),
        ),
    ),
    Mutant(
        "the group of the server's user can use the admin socket",
        "server/admin_socket/listener.py",
        "SOCKET_MODE: Final = 0o600",
        "SOCKET_MODE: Final = 0o660",
        ("tests/server/admin_socket/test_listener.py",),
    ),
    Mutant(
        "a new server takes the socket of one that runs",
        "server/admin_socket/listener.py",
        "probe.connect(os.fspath(path))\n        except ConnectionRefusedError:",
        "path.unlink()\n            return\n        except ConnectionRefusedError:",
        ("tests/server/admin_socket/test_listener.py",),
    ),
)
