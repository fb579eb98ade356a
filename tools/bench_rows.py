"""The paths that tools/bench measures: how each is run, and its peer on the same machine in the same minute."""
import contextlib
import shutil
import socket
import subprocess
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Optional

import bench_readings as readings
from bench_report import Fact, Row

ROOT = Path(__file__).resolve().parent.parent
BODY_BYTES = 1024
CONNECTIONS = 64
PATIENCE_SECONDS = 60

NGINX = """daemon off;
worker_processes 1;
pid {directory}/nginx.pid;
error_log {directory}/error.log;
events {{ worker_connections 4096; }}
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


@dataclass(frozen=True)
class Setting:
    build: Path      # where the release build is
    directory: Path  # for what a row writes; gone afterwards
    quick: bool

    def size(self, whole):
        """So many of something, a tenth of it when it must be quick."""
        return whole // 10 if self.quick else whole

    def seconds(self, whole):
        return 1 if self.quick else whole


@dataclass(frozen=True)
class Measured:
    """A row without figures, and what gives it one for each round."""
    row: Row | Fact
    ours: Callable[[], float]
    peer: Optional[Callable[[], float]] = None


def run(*command, cwd=ROOT):
    """What it prints. Raises Failed with its last words when it fails, is missing, or does not end."""
    if shutil.which(str(command[0])) is None:
        raise Failed(f"{Path(command[0]).name} is not there")
    try:
        done = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True,
                              timeout=PATIENCE_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise Failed(f"{Path(command[0]).name} did not end within {PATIENCE_SECONDS} s") from None
    if done.returncode != 0:
        last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        raise Failed(f"{Path(command[0]).name} ended with {done.returncode}: {' '.join(last)}")
    return done.stdout


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def process(command, ready, **options):
    """A program beside us, from when `ready()` is true until the block ends."""
    if shutil.which(str(command[0])) is None:
        raise Failed(f"{command[0]} is not there")
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
    def started(cls, directory):
        directory.mkdir(parents=True)
        port = free_port()
        configuration = directory / "nginx.conf"
        configuration.write_text(NGINX.format(directory=directory, port=port))
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


def assay_bench(setting, nginx, count, *more):
    """Signed deliveries a second of ours."""
    with nginx.counting(lambda: count):
        return readings.deliveries(run(setting.build / "assay", "bench", nginx.url, "--count", count, "--bytes",
                                        BODY_BYTES, "--in-flight", CONNECTIONS, "--json", *more), count)


@contextlib.contextmanager
def memory(setting):
    """Dispatch from memory beside wrk."""
    with Nginx.started(setting.directory / "memory") as nginx:
        yield [Measured(
            Row("memory", "dispatch over loopback, signed, from memory", "wrk", "a second", 0.80),
            lambda: assay_bench(setting, nginx, setting.size(200_000)),
            lambda: wrk(setting, nginx, setting.directory / "memory"))]


@contextlib.contextmanager
def durable(setting):
    """The whole road beside the same wrk: event committed before, outcome after."""
    with Nginx.started(setting.directory / "durable") as nginx:
        yield [Measured(
            Row("durable", "the same, durable", "wrk", "a second", 0.50),
            lambda: assay_bench(setting, nginx, setting.size(100_000), "--durable",
                                "--store-in", setting.directory),
            lambda: wrk(setting, nginx, setting.directory / "durable"))]


@contextlib.contextmanager
def queue_of_others(setting):
    """The whole road beside a queue in Redis whose worker signs and posts."""
    directory = setting.directory / "queue"
    port = free_port()
    with Nginx.started(directory) as nginx, \
            process(["redis-server", "--port", port, "--bind", "127.0.0.1", "--dir", directory, "--save", "",
                     "--appendonly", "yes", "--appendfsync", "everysec"], lambda: listens(port)):

        def bullmq():
            count = setting.size(20_000)
            with nginx.counting(lambda: count):
                return readings.deliveries(run("node", ROOT / "bench/peers/bullmq.mjs", port, nginx.url, count,
                                               BODY_BYTES, CONNECTIONS), count)

        yield [Measured(
            Row("queue", "durable, beside a durable queue", "BullMQ + Redis + undici", "a second", 10,
                notes=("Redis syncs its log once a second here, Assay before each sending, so the peer may lose a "
                       "second of events where Assay loses none",)),
            lambda: assay_bench(setting, nginx, setting.size(100_000), "--durable", "--store-in", setting.directory),
            bullmq)]


class IdleServer:
    """A server that has nothing to do. Each start is a new process on the same data."""

    SETTLE_SECONDS = 2  # what a start leaves to be done behind it

    def __init__(self, setting):
        self.setting, self.memory_mib, self.wakeups = setting, 0.0, 0.0

    def start_milliseconds(self):
        """Until it says that it is ready; looks, once it has settled, at its memory and rest too."""
        begun = time.monotonic()
        with subprocess.Popen([self.setting.build / "assay", "serve", "--listen", "127.0.0.1:0", "--data-dir",
                               self.setting.directory / "idle"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              text=True) as server:
            try:
                line = server.stdout.readline()
                took = (time.monotonic() - begun) * 1e3
                if '"ready"' not in line:
                    raise Failed("the server did not become ready")
                self._look(Path("/proc") / str(server.pid))
            finally:
                server.terminate()
        return took

    def _look(self, process_directory):
        time.sleep(self.SETTLE_SECONDS)
        seconds = self.setting.seconds(5)
        before = self._switches(process_directory)
        time.sleep(seconds)
        self.wakeups = (self._switches(process_directory) - before) / seconds
        self.memory_mib = readings.status_value((process_directory / "status").read_text(), "VmRSS") / 1024

    @staticmethod
    def _switches(process_directory):
        """How often its threads have gone to sleep so far: each wake-up ends with it."""
        return sum(readings.status_value(status.read_text(), "voluntary_ctxt_switches")
                   for status in process_directory.glob("task/*/status"))


@contextlib.contextmanager
def idle(setting):
    """A server at rest: how soon it is there, what it holds, how often it wakes."""
    server = IdleServer(setting)
    server.start_milliseconds()  # makes the data directory, which is no part of a start
    yield [Measured(Fact("idle", "start of a server, until it is ready", "ms", 100), server.start_milliseconds),
           Measured(Fact("idle", "memory of an idle server", "MiB", 30), lambda: server.memory_mib),
           Measured(Fact("idle", "wake-ups of an idle server, all threads", "a second", 1),
                    lambda: server.wakeups)]


@contextlib.contextmanager
def growth(setting):
    """How the rate from memory changes with endpoints and with bytes, to the receiver that is built in."""

    def rate(count, *more):
        return readings.deliveries(run(setting.build / "assay", "bench", "--count", count, "--json", *more), count)

    def measured(what, count, *more):
        return Measured(Fact("growth", f"from memory, {what}", "a second"),
                        lambda: rate(setting.size(count), *more))

    yield [measured(f"{endpoints:,} endpoint{'s' if endpoints > 1 else ''}, 1 KB", 100_000,
                    "--endpoints", endpoints, "--bytes", BODY_BYTES) for endpoints in (1, 10, 1_000, 10_000)] + [
          measured(f"bodies of {words}", count, "--bytes", size)
          for words, size, count in (("512 B", 512, 100_000), ("8 KB", 8_192, 50_000), ("1 MB", 1_048_576, 2_000))]


def openssl(setting):
    return readings.openssl_speed(run("openssl", "speed", "-mr", "-seconds", setting.seconds(2), "-hmac", "sha256",
                                      "-bytes", BODY_BYTES), BODY_BYTES)


def sign_bench(setting, name):
    text = run(setting.build / "bench/sign_bench", "--benchmark_format=json", f"--benchmark_filter=^{name}",
               f"--benchmark_min_time={setting.seconds(2) / 4}")
    if not text.strip():
        raise Failed(f"this build has no benchmark {name}")
    return readings.google_benchmark(text, name, "signatures/s")


@contextlib.contextmanager
def sign(setting):
    """One signature at a time, the key prepared."""
    yield [Measured(Row("sign", "signing 1 KB, one at a time", "openssl speed", "a second", 0.90),
                    lambda: sign_bench(setting, "hmac<Prepared>/1024"), lambda: openssl(setting))]


@contextlib.contextmanager
def sign_together(setting):
    """Several waiting bodies at once, where the processor can."""
    yield [Measured(Row("sign-together", "signing 1 KB, 16 at once", "openssl speed", "a second", 1.40),
                    lambda: sign_bench(setting, "hmac_together<HmacBatch::Lanes::if_any>/16"),
                    lambda: openssl(setting))]


# In the order of the report.
ROWS = {"sign": sign, "sign-together": sign_together, "memory": memory, "durable": durable,
        "queue": queue_of_others,
        "idle": idle, "growth": growth}
