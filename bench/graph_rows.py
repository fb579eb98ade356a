"""What the graph costs beyond its work, and which chunk size is the best."""
import contextlib

import bench_readings as readings
from bench_peers import Measured, run
from bench_report import Fact, Reading

CHUNKS = (16, 32, 64, 128, 256, 512)
USED = 64  # limits::chunk_products


def graph_bench(setting, name, *more):
    return run(setting.program("bench/graph_bench"), "--benchmark_format=json", f"--benchmark_filter=^{name}", *more)


def overhead(setting):
    text = graph_bench(setting, "graph_overhead/64", f"--benchmark_min_time={setting.seconds(2) / 4}")
    return Reading(max(0.0, readings.google_benchmark(text, "graph_overhead/64", "overhead_ns")),
                   ("chunks of 64 products without work, through the graph and directly",))


class ChunkSizes:
    """The whole analysis by products a chunk; which is the best is known after the last of a round."""

    def __init__(self, setting):
        self.setting, self.rates = setting, {}

    def rate(self, products):
        name = f"full_analysis/2/{products}/"
        text = graph_bench(self.setting, name, "--benchmark_min_time=0.1")
        self.rates[products] = readings.google_benchmark(text, name, "items_per_second")
        best = max(self.rates, key=self.rates.get)
        words = (f"in this round chunks of {best} were the best; those of {USED}, which are used, reached "
                 f"{self.rates[USED] / self.rates[best] * 100:.0f} % of them",) if products == CHUNKS[-1] else ()
        return Reading(self.rates[products], words)


@contextlib.contextmanager
def graph(setting):
    """The graph with a no-op analyzer, and the whole analysis by chunk size."""
    sizes = ChunkSizes(setting)
    yield [Measured(Fact("graph", "graph overhead a product, beyond its work", "ns", most=50),
                    lambda: overhead(setting))] + [
           Measured(Fact("graph", f"full analysis, 2 threads, chunks of {products}", "products a second"),
                    lambda products=products: sizes.rate(products)) for products in CHUNKS]
