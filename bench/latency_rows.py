"""How long an event waits: from when its last product is done to its webhook, durable, at half load."""
import contextlib

from bench_peers import BODY_BYTES, Measured, assay_bench, latency_words
from bench_report import Fact, Reading


@contextlib.contextmanager
def latency(setting):
    """Open loop at half of the durable rate of the same round: commit, relay, render, sign, send."""
    def ours():
        whole = assay_bench(setting, "--durable", "--store-in", setting.directory, "--bytes", BODY_BYTES,
                            count=setting.size(60_000))
        half = int(whole["per_second"] / 2)
        report = assay_bench(setting, "--durable", "--store-in", setting.directory, "--bytes", BODY_BYTES, "--rate",
                             half, count=max(200, setting.size(2 * half)))
        return Reading(report["latency_us"]["p99"] / 1e3, (
            f"{half:,} events a second, half of the durable rate just measured; from when an event is due to be "
            "committed until the receiver, in the same process, has its request: "
            f"{latency_words(report['latency_us'])}, lost 0",))

    yield [Measured(Fact("latency", "last product done until the webhook has arrived, p99, half load, durable", "ms",
                         most=5), ours)]
