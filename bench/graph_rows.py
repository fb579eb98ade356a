"""What the graph costs beyond its work, and which chunk size is the best."""
import contextlib

import bench_readings as readings
from bench_peers import Measured, run
from bench_report import Fact, Reading

CHUNKS = (16, 32, 64, 128, 256, 512)


def graph_bench(setting, name, *more):
    return run(setting.program("bench/graph_bench"), "--benchmark_format=json", f"--benchmark_filter=^{name}", *more)


def overhead(setting):
    text = graph_bench(setting, "graph_overhead/64", f"--benchmark_min_time={setting.seconds(2) / 4}")
    return Reading(max(0.0, readings.google_benchmark(text, "graph_overhead/64", "overhead_ns")),
                   ("chunks of 64 products without work, through the graph and directly",))


def chunk_rate(setting, products):
    name = f"full_analysis/2/{products}/"
    text = graph_bench(setting, name, "--benchmark_min_time=0.1")
    return readings.google_benchmark(text, name, "items_per_second")


@contextlib.contextmanager
def graph(setting):
    """The graph with a no-op analyzer, and the whole analysis by chunk size."""
    yield [Measured(Fact("graph", "graph overhead a product, beyond its work", "ns", most=50),
                    lambda: overhead(setting))] + [
           Measured(Fact("graph", f"full analysis, 2 threads, chunks of {products}", "products a second"),
                    lambda products=products: chunk_rate(setting, products)) for products in CHUNKS]
