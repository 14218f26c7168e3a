"""Other people's programs on loopback, for the benchmarks: nginx to be asked, blackbox_exporter to be beaten."""

import json
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote

import trustme
from attrs import frozen

BLACKBOX = shutil.which("prometheus-blackbox-exporter")
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/bin")
_LISTENS = re.compile(rb"msg=\"Listening on\" address=127\.0\.0\.1:(\d+)")
_NGINX = """
daemon off; master_process off; pid {folder}/nginx.pid; error_log /dev/null crit;
events {{ worker_connections 4096; }}
http {{
  access_log off; keepalive_timeout 0; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  ssl_certificate {folder}/server.pem; ssl_certificate_key {folder}/server.pem;
  ssl_session_cache off; ssl_session_tickets off;
  server {{
    listen 127.0.0.1:{plain} backlog=4096; listen 127.0.0.1:{tls} ssl backlog=4096;
    location / {{ return 200 ok; }}
  }}
}}
"""


@frozen
class Web:
    """A web server.

    Attributes:
        urls: by ``http`` and ``https``; the latter never resumes a session.
        ca_file: who vouches for it.
    """

    urls: Mapping[str, str]
    ca_file: str

    def context(self) -> ssl.SSLContext:
        """To trust it."""
        return ssl.create_default_context(cafile=self.ca_file)


@contextmanager
def nginx(folder: Path) -> Iterator[Web]:
    """Run nginx while the block lasts.

    Raises:
        SystemExit: it is not installed.
    """
    if NGINX is None:
        raise SystemExit("nginx is not installed: apt-get install nginx-light")
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(folder / "server.pem"))
    plain, tls = _free_port(), _free_port()
    config = folder / "nginx.conf"
    config.write_text(_NGINX.format(folder=folder, plain=plain, tls=tls))
    with subprocess.Popen([NGINX, "-c", str(config), "-p", str(folder), "-e", "/dev/null"]) as process:
        try:
            _wait_for(tls)
            urls = {"http": f"http://127.0.0.1:{plain}/", "https": f"https://127.0.0.1:{tls}/"}
            yield Web(urls, str(folder / "ca.pem"))
        finally:
            process.kill()


@frozen
class Blackbox:
    """A blackbox_exporter.

    Attributes:
        pid: whose CPU time counts.
    """

    pid: int
    port: int

    def probe(self, urls: list[str], at_once: int) -> None:
        """Have it probe each, over connections that are kept, as Prometheus does."""

        def some(mine: list[str]) -> None:
            connection = HTTPConnection("127.0.0.1", self.port)
            for url in mine:
                self.ask(connection, url)
            connection.close()

        with ThreadPoolExecutor(at_once) as pool:
            for _ in pool.map(some, [urls[number::at_once] for number in range(at_once)]):
                pass

    def ask(self, connection: HTTPConnection, url: str) -> None:
        """One probe."""
        connection.request("GET", f"/probe?module=web&target={quote(url, safe='')}")
        assert b"\nprobe_success 1\n" in connection.getresponse().read()


@contextmanager
def blackbox(folder: Path, ca_file: str) -> Iterator[Blackbox]:
    """Run blackbox_exporter, which must be installed, while the block lasts."""
    http: dict[str, Any] = {"preferred_ip_protocol": "ip4", "tls_config": {"ca_file": ca_file}}
    config = folder / "blackbox.yml"
    config.write_text(json.dumps({"modules": {"web": {"prober": "http", "timeout": "5s", "http": http}}}))
    options = [f"--config.file={config}", "--web.listen-address=127.0.0.1:0"]
    with subprocess.Popen([str(BLACKBOX), *options], stderr=subprocess.PIPE) as process:
        try:
            assert process.stderr is not None
            found = next(match for line in process.stderr if (match := _LISTENS.search(line)))
            yield Blackbox(process.pid, int(found[1]))
        finally:
            process.kill()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _wait_for(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit("nginx did not start")
