"""Real proxies in front of a real server, with the files of ``deploy/``.

Only their ports and paths are replaced.
"""

import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.programs.event_loop import TIMEOUT
from tests.programs.installed import require
from tests.programs.launch import free_port
from tests.server.tls.pairs import localhost_pair

DEPLOY = Path(__file__).parents[2] / "deploy"
HOME = "127.0.0.2"  # where the proxies connect from


class Ports(NamedTuple):
    """The ports of a server, or those of a proxy in front of it."""

    chat: int = 0
    chat_tls: int = 0
    page: int = 0
    page_tls: int = 0

    @classmethod
    def free(cls) -> "Ports":
        """Return ports that are free at the moment."""
        return cls(*(free_port() for _ in cls._fields))


@contextmanager
def haproxy(directory: Path, server: Ports) -> Iterator[Ports]:
    """Run HAProxy with `deploy/haproxy.cfg`; yield its own ports."""
    ports, pair = Ports.free(), localhost_pair()
    pem = directory / "chat.pem"
    pem.write_bytes(pair.cert.read_bytes() + pair.key.read_bytes())
    config = _configured(
        directory / "haproxy.cfg",
        {
            "bind :5555": f"bind 127.0.0.1:{ports.chat}",
            "bind :5556": f"bind 127.0.0.1:{ports.chat_tls}",
            "bind :80\n": f"bind 127.0.0.1:{ports.page}\n",
            "bind :443": f"bind 127.0.0.1:{ports.page_tls}",
            "127.0.0.1:15555 ": f"127.0.0.1:{server.chat} ",
            "127.0.0.1:8080 ": f"127.0.0.1:{server.page or 1} ",
            "/etc/haproxy/chat.example.org.pem": f"{pem}",
        },
    )
    with _running(require("haproxy"), "-f", str(config), "-db", ports=ports):
        yield ports


NGINX = """daemon off; pid {dir}/pid; error_log {dir}/errors;
events {{}}
http {{
    access_log off;
    client_body_temp_path {dir}/b; proxy_temp_path {dir}/p; fastcgi_temp_path {dir}/f;
    uwsgi_temp_path {dir}/u; scgi_temp_path {dir}/s;
    include {dir}/nginx.conf;
}}
"""


@contextmanager
def nginx(directory: Path, server: Ports, *, has_path: bool = False) -> Iterator[Ports]:
    """Run nginx with `deploy/nginx.conf`; yield its own ports.

    If the page *has_path*, it is where `deploy/nginx-path.conf` says.
    """
    ports, pair = Ports(page=free_port(), page_tls=free_port()), localhost_pair()
    path = directory / "nginx.conf"
    _configured(
        path,
        {
            "listen 80;": f"listen 127.0.0.1:{ports.page};",
            "listen 443 ssl": f"listen 127.0.0.1:{ports.page_tls} ssl",
            "127.0.0.1:8080;": f"127.0.0.1:{server.page};",
            "/etc/ssl/certs/chat.example.org.pem": f"{pair.cert}",
            "/etc/ssl/private/chat.example.org.key": f"{pair.key}",
        },
    )
    if has_path:
        included = _configured(
            directory / "nginx-path.conf",
            {"127.0.0.1:8080;": f"127.0.0.1:{server.page};"},
        )
        text, end = path.read_text(), "    location / {"
        assert end in text
        path.write_text(text.replace(end, f"    include {included};\n{end}"))
    main = directory / "main.conf"
    main.write_text(NGINX.format(dir=directory))
    command = require("nginx"), "-p", str(directory), "-c", str(main)
    with _running(*command, ports=ports):
        yield ports


def _configured(target: Path, replaced: Mapping[str, str]) -> Path:
    """Write the file of ``deploy/`` with this name, with some text *replaced*."""
    text = (DEPLOY / target.name).read_text()
    for old, new in replaced.items():
        assert old in text, old
        text = text.replace(old, new)
    target.write_text(text)
    return target


@contextmanager
def _running(*command: str, ports: Ports) -> Iterator[None]:
    """Run a proxy that accepts connections; stop it when the context ends."""
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + TIMEOUT
    try:
        for port in filter(None, ports):
            while not _accepts(port):
                assert process.poll() is None, command
                assert time.monotonic() < deadline, port
        yield
    finally:
        process.terminate()
        process.wait(TIMEOUT)


def _accepts(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), TIMEOUT).close()
    except ConnectionRefusedError:
        return False
    return True
