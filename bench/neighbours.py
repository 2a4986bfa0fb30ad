"""What the gate is measured against: Apache's mod_auth_openidc, nginx that lets everything in, and a server so small
that it is not in the way.
"""

from __future__ import annotations

import getpass
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from examples.central_database.processes import wait_for
from examples.central_database.proxies import Address
from provisioning.stack.ports import free_port

_MODULES: Final = Path("/usr/lib/apache2/modules")
_STOP_S: Final = 10

_NGINX: Final = """
daemon off; pid {folder}/pid; error_log {folder}/error.log warn; worker_processes 1; {user}
events {{ worker_connections 1024; }}
http {{
    access_log off; keepalive_requests 1000000;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    server {{ listen 127.0.0.1:{port} backlog=1024; {locations} }}
}}
"""
_ANSWERING: Final = 'location / { return 200 "[]"; }'
_ASKING_NOBODY: Final = """
    location / {{
        auth_request /empty; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_pass http://127.0.0.1:{upstream};
    }}
    location = /empty {{ internal; return 204; }}
"""

_APACHE: Final = """
ServerRoot {folder}
PidFile {folder}/pid
ErrorLog {folder}/error.log
LogLevel warn
ServerName 127.0.0.1
Listen 127.0.0.1:{port}
{user}
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule authn_core_module {modules}/mod_authn_core.so
LoadModule authz_user_module {modules}/mod_authz_user.so
LoadModule proxy_module {modules}/mod_proxy.so
LoadModule proxy_http_module {modules}/mod_proxy_http.so
LoadModule auth_openidc_module {modules}/mod_auth_openidc.so
StartServers 1
ServerLimit 2
ThreadsPerChild 64
MaxRequestWorkers 128
KeepAlive On
MaxKeepAliveRequests 0
OIDCOAuthVerifyCertFiles {kid}#{folder}/realm.pem
OIDCOAuthRemoteUserClaim sub
OIDCCacheType shm
OIDCCacheShmMax 4000
OIDCCacheShmEntrySizeMax 66048
<Location />
    AuthType oauth20
    Require claim aud:central-db
    ProxyPass http://127.0.0.1:{upstream}/
</Location>
"""


@contextmanager
def running_upstream(folder: Path) -> Iterator[tuple[Address, int]]:
    """A server that answers `[]` to everything: where it listens, and its process id."""
    with _nginx(folder, _ANSWERING) as (port, pid):
        yield Address(port), pid


@contextmanager
def running_asking_nobody(folder: Path, upstream: int) -> Iterator[tuple[str, int]]:
    """nginx as a proxy whose `auth_request` goes to a location that only returns 204: its address and process id."""
    with _nginx(folder, _ASKING_NOBODY.format(upstream=upstream)) as (port, pid):
        yield f"http://127.0.0.1:{port}", pid


@contextmanager
def _nginx(folder: Path, locations: str) -> Iterator[tuple[int, int]]:
    folder.mkdir()
    port = free_port()
    user = f"user {getpass.getuser()};" if os.geteuid() == 0 else ""
    config = folder / "nginx.conf"
    config.write_text(_NGINX.format(folder=folder, port=port, user=user, locations=locations), encoding="utf-8")
    with _running(["/usr/sbin/nginx", "-e", str(folder / "error.log"), "-c", str(config)], port, folder) as pid:
        yield port, pid


@contextmanager
def running_apache(folder: Path, kid: str, certificate: str, upstream: int) -> Iterator[tuple[str, int]]:
    """Apache as a proxy that checks each token's signature and audience itself: its address and process id.

    `certificate` is the realm's in PEM: Apache wants HTTPS to fetch a key set, which nobody has on loopback.
    """
    folder.mkdir()
    (folder / "realm.pem").write_text(certificate, encoding="ascii")
    port = free_port()
    user = "User www-data\nGroup www-data" if os.geteuid() == 0 else ""
    words = {"folder": folder, "port": port, "modules": _MODULES, "kid": kid, "upstream": upstream, "user": user}
    config = folder / "apache.conf"
    config.write_text(_APACHE.format(**words), encoding="utf-8")
    with _running(["/usr/sbin/apache2", "-D", "FOREGROUND", "-f", str(config)], port, folder) as pid:
        yield f"http://127.0.0.1:{port}", pid


@contextmanager
def _running(command: list[str], port: int, folder: Path) -> Iterator[int]:
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, cwd=folder)
    try:
        wait_for(Address(port), process)
        yield process.pid
    finally:
        process.terminate()
        process.wait(_STOP_S)
