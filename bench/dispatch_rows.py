"""Dispatch from memory over loopback beside wrk, and how its rate changes with endpoints and bytes."""
import contextlib

import bench_readings as readings
from bench_peers import (BODY_BYTES, CONNECTIONS, Failed, Measured, Missing, Nginx, assay_bench, completed, rate, run,
                         wrk)
from bench_report import Fact, Reading, Row

# Few enough that a run under strace, which makes a call five times dearer, stays short.
TRACED = 4_000


def allocations(setting):
    """Allocations a delivery of the whole load, receiver and all: more than the dispatch path's own."""
    text = run(setting.program("bench/dispatch_bench"), "--benchmark_format=json",
               "--benchmark_filter=^from_memory/1024")
    return readings.google_benchmark(text, "from_memory/1024", "allocations")


def system_calls(setting, nginx):
    """System calls a delivery: what a longer run makes beyond a short one, so without start and end."""
    def calls(count):
        with nginx.counting(lambda: count):
            text = completed("strace", "-c", "-f", setting.program("assay"), "bench", nginx.url, "--count", count,
                             "--in-flight", CONNECTIONS, "--json").stderr
        return readings.strace_calls(text)

    few, many = calls(TRACED // 4), calls(TRACED)
    return (many - few) / (TRACED - TRACED // 4)


def costs(setting, nginx):
    """Once a run: what the delivery costs in allocations and system calls, in words."""
    words = []
    for what, measure in (("allocations", lambda: allocations(setting)),
                          ("system calls", lambda: system_calls(setting, nginx))):
        try:
            words.append(f"{measure():.2f} {what} a delivery")
        except (Failed, readings.Unreadable) as fault:  # beside the figure, not the figure
            words.append(f"{what} not counted ({fault})")
    return ", ".join(words)


@contextlib.contextmanager
def memory(setting):
    """Dispatch from memory beside wrk."""
    directory = setting.room("memory")
    with Nginx.started(directory) as nginx:
        said = []

        def ours():
            report = assay_bench(setting, "--bytes", BODY_BYTES, "--in-flight", CONNECTIONS, nginx=nginx,
                                 count=setting.size(200_000))
            said[:] = said or [costs(setting, nginx)]
            figure = rate(report)
            return Reading(figure.value, figure.said + tuple(said))

        yield [Measured(Row("memory", "dispatch over loopback, signed, from memory", "wrk", "a second", 0.80),
                        ours, lambda: wrk(setting, nginx, directory))]


@contextlib.contextmanager
def growth(setting):
    """How the rate from memory changes with endpoints and with bytes, to the receiver that is built in."""
    def measured(what, count, *more):
        return Measured(Fact("growth", f"from memory, {what}", "a second"),
                        lambda: rate(assay_bench(setting, *more, count=setting.size(count))))

    yield [measured(f"{endpoints:,} endpoint{'s' if endpoints > 1 else ''}, 1 KB", 100_000,
                    "--endpoints", endpoints, "--bytes", BODY_BYTES) for endpoints in (1, 10, 1_000)] + [
          # All of one origin, so with one set of connections; the row after them has one set for each.
          measured("10,000 endpoints, 1 KB", 100_000, "--endpoints", 10_000, "--bytes", BODY_BYTES),
          measured("1,000 endpoints with connections of their own, 1 KB", 100_000, "--endpoints", 1_000,
                   "--own-addresses", "--in-flight", 4)] + [
          measured(f"bodies of {words}", count, "--bytes", size)
          for words, size, count in (("512 B", 512, 100_000), ("8 KB", 8_192, 50_000), ("1 MB", 1_048_576, 2_000))]
