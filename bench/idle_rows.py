"""A server at rest: how soon it is there, what it holds, how often it wakes."""
import contextlib
import subprocess
import time
from pathlib import Path

import bench_readings as readings
from bench_peers import Failed, Measured
from bench_report import Fact


class IdleServer:
    """A server that has nothing to do. Each start is a new process on the same data."""

    SETTLE_SECONDS = 2  # what a start leaves to be done behind it

    def __init__(self, setting):
        self.setting, self.memory_mib, self.wakeups = setting, 0.0, 0.0

    def start_milliseconds(self):
        """Until it says that it is ready; looks, once it has settled, at its memory and rest too."""
        begun = time.monotonic()
        with subprocess.Popen([self.setting.program("assay"), "serve", "--listen", "127.0.0.1:0", "--data-dir",
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
