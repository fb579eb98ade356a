"""Endpoints that hang beside healthy ones: what the healthy ones notice of them."""
import contextlib

from bench_peers import BODY_BYTES, Measured, assay_bench, load_words
from bench_report import Reading, Row

ENDPOINTS, SILENT = 10_000, 3_000
ROUNDS_OF_EACH = 20  # deliveries to each healthy endpoint


class Crowd:
    """Healthy endpoints, each with connections of its own, with and without silent ones beside them."""

    def __init__(self, setting):
        self.setting = setting
        self.healthy, self.silent = setting.size(ENDPOINTS - SILENT), setting.size(SILENT)
        self.half_load = None

    def load(self, *more):
        return assay_bench(self.setting, "--endpoints", self.healthy, "--own-addresses", "--in-flight", 2,
                           "--bytes", BODY_BYTES, *more, count=ROUNDS_OF_EACH * self.healthy)

    def alone(self):
        report = self.load()
        self.half_load = self.half_load or report["per_second"] / 2
        return Reading(report["per_second"])

    def beside(self):
        report = self.load("--silent", self.silent)
        return Reading(report["per_second"], (load_words(report),))

    def p99(self, *more):
        if self.half_load is None:
            self.alone()
        report = self.load("--rate", int(self.half_load), *more)
        return Reading(report["latency_us"]["p99"] / 1e3, (
            f"{int(self.half_load):,} deliveries a second, half of what the healthy ones reached alone: "
            + load_words(report),))


@contextlib.contextmanager
def isolation(setting):
    """30 % of the endpoints hang: the others' rate, and their p99 at half load."""
    crowd = Crowd(setting)
    what = f"{crowd.silent:,} of {crowd.healthy + crowd.silent:,} endpoints hang"
    yield [Measured(Row("isolation", f"{what}: rate of the others", "without the hanging ones", "a second", 0.95),
                    crowd.beside, crowd.alone),
           Measured(Row("isolation", f"{what}: p99 of the others at half load", "without the hanging ones", "ms", 1.20,
                        at_most=True),
                    lambda: crowd.p99("--silent", crowd.silent), crowd.p99)]
