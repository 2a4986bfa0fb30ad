"""A real S3-compatible server: S3Proxy with a folder behind it, fetched by Maven once, on 127.0.0.1 and a free port."""

from __future__ import annotations

import hashlib
import secrets
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import requests

from provisioning.stack.errors import DownloadFailed
from provisioning.stack.java import find_java
from provisioning.stack.locking import wait_for_lock
from provisioning.stack.maven import run_maven
from provisioning.stack.paths import cache_folder
from provisioning.stack.ports import free_port
from provisioning.stack.process import alive, start_detached, stop

_VERSION: Final = "2.6.0"
_SHA256: Final = "12e5e88d805cfed07f7d88b4a44a0d8ecb9f9d3cebeb544bb34fbc4ded1049d8"
_NAME: Final = f"s3proxy-{_VERSION}-jar-with-dependencies.jar"
_ARTIFACT: Final = f"org.gaul:s3proxy:{_VERSION}:jar:jar-with-dependencies"
_COPY_GOAL: Final = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"
_READY_WITHIN_S: Final = 120
BUCKET: Final = "checkpoints"


@dataclass(frozen=True)
class ObjectStore:
    """A running server with one empty bucket, `BUCKET`. `environ` is how the AWS SDK finds it; `folder` its data."""

    url: str
    secret: str
    folder: Path

    @property
    def environ(self) -> dict[str, str]:
        return {
            "AWS_ENDPOINT_URL_S3": self.url,
            "AWS_ACCESS_KEY_ID": "aikom-test",
            "AWS_SECRET_ACCESS_KEY": self.secret,
            "AWS_REGION": "eu-central-1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    @property
    def objects(self) -> list[Path]:
        return sorted(path for path in (self.folder / BUCKET).rglob("*.jws"))


@contextmanager
def running_object_store(folder: Path) -> Iterator[ObjectStore]:
    """The server for the length of the block, with its data in `folder`."""
    data = folder / "objects"
    (data / BUCKET).mkdir(parents=True)
    store = ObjectStore(f"http://127.0.0.1:{free_port()}", secrets.token_urlsafe(24), data)
    properties, log = folder / "s3proxy.properties", folder / "s3proxy.log"
    properties.write_text(
        f"s3proxy.authorization=aws-v2-or-v4\ns3proxy.endpoint={store.url}\n"
        f"s3proxy.identity={store.environ['AWS_ACCESS_KEY_ID']}\ns3proxy.credential={store.secret}\n"
        f"jclouds.provider=filesystem-nio2\njclouds.filesystem.basedir={data}\n"
        "jclouds.identity=unused\njclouds.credential=unused\n"
    )
    command = [str(find_java()), "-Xmx256m", "-jar", str(_program()), "--properties", str(properties)]
    process = start_detached(command, log=log, cwd=folder, environ={})
    try:
        deadline = time.monotonic() + _READY_WITHIN_S
        while not _answers(store.url):
            assert alive(process), log.read_text(encoding="utf-8")
            assert time.monotonic() < deadline, log.read_text(encoding="utf-8")
            time.sleep(0.1)
        yield store
    finally:
        stop(process, grace_s=2.0)


def _program() -> Path:
    """The jar in the cache, verified."""
    cache = cache_folder()
    jar = cache / _NAME
    cache.mkdir(parents=True, exist_ok=True)
    with wait_for_lock(cache / "s3proxy.lock"):
        if not jar.is_file():
            with tempfile.TemporaryDirectory(prefix=".fetch-", dir=cache) as temporary:
                arguments = [_COPY_GOAL, f"-Dartifact={_ARTIFACT}", f"-DoutputDirectory={temporary}"]
                log = cache / "s3proxy-download.log"
                run_maven(arguments, cwd=cache, log=log, failure=_not_fetched, tick=lambda _: None)
                fetched = Path(temporary) / _NAME
                assert hashlib.sha256(fetched.read_bytes()).hexdigest() == _SHA256
                fetched.rename(jar)
    return jar


def _not_fetched(words: str) -> DownloadFailed:
    return DownloadFailed(f"Maven could not fetch {_ARTIFACT}: {words}", remedy="check the network")


def _answers(url: str) -> bool:
    try:
        requests.get(url, timeout=5)
    except requests.RequestException:
        return False
    return True
