"""Signing without a network, beside `openssl speed` at the same size: what a core can do."""
import contextlib

import bench_readings as readings
from bench_peers import BODY_BYTES, Measured, run
from bench_report import Reading, Row


def openssl_speed(setting):
    return readings.openssl_speed(run("openssl", "speed", "-mr", "-seconds", setting.seconds(2), "-hmac", "sha256",
                                      "-bytes", BODY_BYTES), BODY_BYTES)


def sign_bench(setting, name):
    text = run(setting.program("bench/sign_bench"), "--benchmark_format=json", f"--benchmark_filter=^{name}",
               f"--benchmark_min_time={setting.seconds(2) / 4}")
    rate = readings.google_benchmark(text, name, "signatures/s")
    said = ()
    with contextlib.suppress(KeyError):
        said = (f"{readings.google_benchmark(text, name, 'allocations'):.2f} allocations a signature",)
    return Reading(rate, said)


@contextlib.contextmanager
def one_by_one(setting):
    """One signature at a time, the key prepared."""
    yield [Measured(Row("sign", "signing 1 KB, one at a time", "openssl speed", "a second", 0.90),
                    lambda: sign_bench(setting, "hmac<Prepared>/1024"), lambda: openssl_speed(setting))]


@contextlib.contextmanager
def together(setting):
    """Several waiting bodies at once, where the processor can."""
    yield [Measured(Row("sign-together", "signing 1 KB, 16 at once", "openssl speed", "a second", 1.40),
                    lambda: sign_bench(setting, "hmac_together<HmacBatch::Lanes::if_any>/16"),
                    lambda: openssl_speed(setting))]
