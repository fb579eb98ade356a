"""How fast bytes become typed products, all checks on, one core."""
import contextlib

import bench_readings as readings
from bench_peers import Measured, run
from bench_report import Fact, Reading


def gigabytes(setting, name):
    text = run(setting.program("bench/intake_bench"), "--benchmark_format=json",
               f"--benchmark_filter=^({name}|peer_simdjson_dom)$", f"--benchmark_min_time={setting.seconds(2) / 4}")
    rate = readings.google_benchmark(text, name, "items_per_second")
    peer = readings.google_benchmark(text, "peer_simdjson_dom", "bytes_per_second")
    return Reading(readings.google_benchmark(text, name, "bytes_per_second") / 1e9,
                   (f"{rate:,.0f} products a second; simdjson's DOM alone, which reads no field and lets a key stand "
                    f"twice: {peer / 1e9:.2f} GB/s",))


@contextlib.contextmanager
def intake(setting):
    """NDJSON with 8 comparables a product to typed products."""
    yield [Measured(Fact("intake", "intake of NDJSON, 8 comparables a product, one core", "GB/s", least=0.5),
                    lambda: gigabytes(setting, "ndjson_to_products"))]
