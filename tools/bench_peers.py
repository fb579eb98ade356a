"""What the rows of tools/bench share: programs that are run, peers beside them, and a load on the dispatch path."""
import contextlib
import json
import shutil
import socket
import subprocess
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Optional

import bench_readings as readings
from bench_report import Fact, Reading, Row

ROOT = Path(__file__).resolve().parent.parent
PEERS = ROOT / "bench/peers"
BODY_BYTES = 1024
CONNECTIONS = 64
PATIENCE_SECONDS = 60

NGINX = """daemon off;
worker_processes 1;
pid {directory}/nginx.pid;
error_log {directory}/error.log;
worker_rlimit_nofile 16384;
events {{ worker_connections 8192; }}
http {{
  access_log off;
  keepalive_requests 100000000;
  client_body_temp_path {directory}/body;
  proxy_temp_path {directory}/proxy;
  fastcgi_temp_path {directory}/fastcgi;
  uwsgi_temp_path {directory}/uwsgi;
  scgi_temp_path {directory}/scgi;
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location = /status {{ stub_status; }}
    location / {{ return 200; }}
  }}
{more}
}}
"""

WRK = """wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
local file = io.open("{body}", "rb")
wrk.body = file:read("*a")
file:close()
"""


class Failed(Exception):
    """A row cannot be measured; the text says why."""


class Missing(Failed):
    """A peer is not on this machine."""


@dataclass(frozen=True)
class Setting:
    build: Path      # where the release build is
    directory: Path  # for what a row writes; gone afterwards
    quick: bool

    def size(self, whole):
        """So many of something, a twentieth of it when it must be quick."""
        return max(1, whole // 20) if self.quick else whole

    def seconds(self, whole):
        return 1 if self.quick else whole

    def program(self, name):
        return self.build / name

    def room(self, name):
        """A directory of that name, made when it is first asked for."""
        path = self.directory / name
        path.mkdir(exist_ok=True)
        return path


@dataclass(frozen=True)
class Measured:
    """A row without figures, and what gives it one for each round: a number, or a Reading."""
    row: Row | Fact
    ours: Callable[[], float]
    peer: Optional[Callable[[], float]] = None


def completed(*command, cwd=ROOT):
    """A program that has ended well, with what it printed. Raises Failed with its last words when it does not."""
    if shutil.which(str(command[0])) is None:
        ours = Path(command[0]).is_absolute()  # a build without its programs is no missing peer
        raise (Failed if ours else Missing)(f"{Path(command[0]).name} is not there")
    try:
        done = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True,
                              timeout=PATIENCE_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise Failed(f"{Path(command[0]).name} did not end within {PATIENCE_SECONDS} s") from None
    if done.returncode != 0:
        last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        raise Failed(f"{Path(command[0]).name} ended with {done.returncode}: {' '.join(last)}")
    return done


def run(*command, cwd=ROOT):
    """What a program prints."""
    return completed(*command, cwd=cwd).stdout


def node(script, *arguments):
    """What one of the peers in Node.js prints."""
    if not (PEERS / "node_modules").is_dir():
        raise Missing("bench/peers is not installed (npm ci)")
    return run("node", PEERS / script, *arguments)


def manifest(setting, rows, comparables=8):
    """A made-up manifest of so many products, the same in every run; made once."""
    path = setting.directory / f"manifest-{rows}-{comparables}.ndjson"
    if not path.exists():
        run(setting.program("assay-generate"), "--rows", rows, "--comparables", comparables, "--out", path)
    return path


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def process(command, ready, **options):
    """A program beside us, from when `ready()` is true until the block ends."""
    if shutil.which(str(command[0])) is None:
        raise Missing(f"{command[0]} is not there")
    with subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                          **options) as child:
        try:
            end = time.monotonic() + 10
            while not ready():
                if child.poll() is not None or time.monotonic() > end:
                    raise Failed(f"{command[0]} does not start")
                time.sleep(0.02)
            yield child
        finally:
            child.terminate()


def listens(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


class Nginx:
    """An nginx of our own, which says 200 to all and counts."""

    def __init__(self, port):
        self.url = f"http://127.0.0.1:{port}/hook"
        self.status = f"http://127.0.0.1:{port}/status"

    @classmethod
    @contextlib.contextmanager
    def started(cls, directory, more=""):
        """`more`: further servers of the configuration."""
        directory.mkdir(parents=True, exist_ok=True)
        port = free_port()
        configuration = directory / "nginx.conf"
        configuration.write_text(NGINX.format(directory=directory, port=port, more=more))
        with process(["nginx", "-p", directory, "-c", configuration, "-e", directory / "error.log"],
                     lambda: listens(port)):
            yield cls(port)

    def requests(self):
        """How many it has had, those for this figure left out."""
        with urllib.request.urlopen(self.status, timeout=5) as answer:
            self.asked = getattr(self, "asked", 0) + 1
            return int(answer.read().split(b"\n")[2].split()[2]) - self.asked

    @contextlib.contextmanager
    def counting(self, expected):
        """Holds what the block's senders say, `expected()`, against what has arrived."""
        before = self.requests()
        yield
        arrived = self.requests() - before
        if not expected() <= arrived <= expected() + CONNECTIONS:
            raise Failed(f"{arrived} requests arrived of {expected()}")


def body_like_ours(path):
    """A body of the same size and kind as those of `assay bench`."""
    end = '","due_ns":                   0}'
    path.write_text('{"text":"' + "x" * (BODY_BYTES - len('{"text":"') - len(end)) + end)
    return path


def wrk(setting, nginx, directory):
    """Unsigned requests a second of wrk, one thread, all connections kept."""
    script = directory / "post.lua"
    script.write_text(WRK.format(body=body_like_ours(directory / "body.json")))
    seen = [0]
    with nginx.counting(lambda: seen[0]):
        rate, seen[0] = readings.wrk(run("wrk", "-t1", f"-c{CONNECTIONS}", f"-d{setting.seconds(3)}s",
                                         "-s", script, nginx.url))
    return rate


def assay_bench(setting, *more, nginx=None, count):
    """The report of a load of ours: all of it was delivered, and arrived."""
    counting = nginx.counting(lambda: count) if nginx else contextlib.nullcontext()
    with counting:
        text = run(setting.program("assay"), "bench", *([nginx.url] if nginx else []), "--count", count, "--json",
                   *more)
    readings.deliveries(text, count)
    return json.loads(text)


def load_words(report):
    """What a load says beside its rate, in words."""
    words = ["lost 0"]
    if "connections" in report:
        kept = 1 - report["connections"] / report["delivered"]
        words.append(f"{kept * 100:.2f} % of the requests on a connection that was open already")
    words.append(f"{report['processor_us']:.1f} us of processor time a delivery")
    if "latency_us" in report:
        words.append(latency_words(report["latency_us"]))
    return ", ".join(words)


def latency_words(latency):
    return "p50 {p50:.3f} ms, p99 {p99:.3f} ms, p99.9 {p99_9:.3f} ms".format(
        **{name: value / 1e3 for name, value in latency.items()})


def rate(report):
    return Reading(report["per_second"], (load_words(report),))
