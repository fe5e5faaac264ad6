"""Servers with TLS: Parlour, InspIRCd, and Parlour behind nginx.

All use one certificate, which `openssl` makes, with an ECDSA key on P-256.
"""

import subprocess
from pathlib import Path
from typing import Final

from .machine import BUILD
from .peers import INSPIRCD, write_config
from .servers import Command, Server, parlour

CERTIFICATE: Final = "tls.pem"
KEY: Final = "tls.key"

IRC_WITH_TLS: Final = """\
<module name="ssl_gnutls">
<sslprofile name="all" provider="gnutls" certfile="{certificate}" keyfile="{key}"
 cafile="" requestclientcert="no">
"""

NGINX: Final = """\
load_module modules/ngx_stream_module.so;
daemon off;
master_process off;
worker_rlimit_nofile 100000;
error_log stderr warn;
pid {place}/nginx.pid;
events { worker_connections 20000; }
stream {
    access_log off;
    ssl_certificate {certificate};
    ssl_certificate_key {key};
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_session_cache off;
    server {
        listen 127.0.0.1:{port} ssl backlog=4096;
        proxy_pass 127.0.0.1:{behind};
        tcp_nodelay on;
    }
}
"""


def certificate() -> tuple[Path, Path]:
    """Return the files of the certificate and its key, which are made if missing."""
    certificate, key = BUILD / CERTIFICATE, BUILD / KEY
    if not key.exists():
        curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc"]
        files = ["-keyout", str(key), "-out", str(certificate)]
        command = ["openssl", "req", "-x509", *curve, "-subj", "/CN=localhost", *files]
        subprocess.run(command, check=True, capture_output=True)
    return certificate, key


def _parlour(engine: str, history: str = "memory") -> Command:
    plain = parlour(engine, history)

    def command(port: int, place: Path) -> list[str]:
        cert, key = map(str, certificate())
        words = plain(port, place)
        words[words.index("--port")] = "--tls-port"
        return [*words, "--port", "off", "--tls-cert", cert, "--tls-key", key]

    return command


def _inspircd(port: int, place: Path) -> list[str]:
    cert, key = map(str, certificate())
    tls = IRC_WITH_TLS.replace("{certificate}", cert).replace("{key}", key)
    bind = f'<bind address="127.0.0.1" port="{port}" type="clients"'
    config = INSPIRCD.replace("{port}", str(port)).replace(
        bind, f'{bind} sslprofile="all"'
    )
    path = write_config(place, config + tls, port)
    return ["inspircd", "--runasroot", "--nofork", "--config", path]


def _nginx(port: int, behind: int, place: Path) -> list[str]:
    cert, key = map(str, certificate())
    config = NGINX.replace("{certificate}", cert).replace("{key}", key)
    config = config.replace("{behind}", str(behind)).replace("{port}", str(port))
    path = place / "nginx.conf"
    path.write_text(config.replace("{place}", str(place)))
    return ["nginx", "-c", str(path), "-e", "stderr"]


ENCRYPTED: Final = (
    Server("async, TLS", "plain", _parlour("async"), has_tls=True),
    Server("async, sessions, TLS", "session", _parlour("async"), has_tls=True),
    Server("threads, TLS", "plain", _parlour("threads"), has_tls=True),
    Server(
        "async behind nginx",
        "plain",
        parlour("async", "memory"),
        front=_nginx,
        lifted="connections",
        version=("nginx", "-v"),
        has_tls=True,
    ),
    Server(
        "InspIRCd, TLS",
        "irc",
        _inspircd,
        lifted="as without TLS",
        version=("inspircd", "--version"),
        at_once=2000,
        has_tls=True,
    ),
)
