"""`assay analyze` on a manifest: identity, price and fees beside DuckDB in SQL, and the full analysis."""
import contextlib
import json
import pathlib
import subprocess
import time

import bench_readings as readings
from bench_peers import PEERS, Failed, Measured, completed, manifest, node
from bench_report import Fact, Reading, Row

AS_OF = "2026-05-25T10:30:00Z"
PRODUCTS = 100_000
THREADS = 2
# SQL reads titles by the prefixes of made-up manifests, ours by their words: some may come out otherwise.
AGREEING_LEAST = 0.999


def analyze(setting, path, out, *more):
    """Seconds of the whole program, and what it says of its time."""
    begun = time.monotonic()
    said = completed(setting.program("assay"), "analyze", path, "--as-of", AS_OF, "--threads", THREADS, "--out", out,
                     *more).stderr
    return time.monotonic() - begun, said


def in_sql(path, out):
    return json.loads(node("duckdb.mjs", PEERS / "analyze.sql", path, out, AS_OF, THREADS))


def comparison(ours, peer):
    """How many products have the same price, to a cent, the same fees and the same identifier in both."""
    other = {row["product_id"]: row for row in map(json.loads, peer.open())}
    prices = fees = identifiers = total = 0
    for line in ours.open():
        whole = json.loads(line)
        result, theirs = whole["result"], other.pop(whole["product_id"])
        total += 1
        price, peer_price = result["price"].get("p50"), theirs["price"]["p50"]
        prices += price == peer_price or (None not in (price, peer_price) and abs(price - peer_price) <= 1)
        charged = [channel["fees_total"] for channel in result["channels"] if channel["channel"] == "ebay_us"]
        peer_charged = [channel["fees_total"] for channel in theirs["channels"] or []]
        fees += len(charged) == len(peer_charged) and all(abs(a - b) <= 1 for a, b in zip(charged, peer_charged))
        identifiers += result["identity"]["gtin14"] == theirs["gtin14"]
    if other or not total:
        raise Failed(f"{len(other)} products are in one result only")
    return total, prices, fees, identifiers


def checked(setting, path):
    """What both find, held against each other; in words. Raises Failed when they do not find the same."""
    ours, peer = setting.directory / "ours.ndjson", setting.directory / "duckdb.ndjson"
    analyze(setting, path, ours, "--only", "identity,price,fees")
    version = in_sql(path, peer)["version"]
    total, prices, fees, identifiers = comparison(ours, peer)
    if min(prices, fees) < total * AGREEING_LEAST:
        raise Failed(f"of {total} products {prices} have the same price in SQL and {fees} the same fees")
    return (f"DuckDB {version}, in Node.js, the query alone: of {total:,} products {prices:,} have the same price to a "
            f"cent and {fees:,} the same fees; {identifiers:,} the same GTIN, the rest are eight digits that are UPC-E "
            "to us and GTIN-8 to the SQL. The SQL leaves out quantiles, intervals, trends, confidence, evidence and the "
            "echo of the input, so the comparison favours it")


@contextlib.contextmanager
def analyze_beside_sql(setting):
    """Identity, price and fees, NDJSON to NDJSON."""
    path = manifest(setting, setting.size(PRODUCTS))
    products = setting.size(PRODUCTS)
    note = checked(setting, path)  # before anything is timed

    def ours():
        seconds, _ = analyze(setting, path, setting.directory / "ours.ndjson", "--only", "identity,price,fees")
        return products / seconds

    def peer():
        return products / in_sql(path, setting.directory / "duckdb.ndjson")["seconds"]

    yield [Measured(Row("analyze", "analyze --only identity,price,fees, NDJSON to NDJSON, 2 threads", "DuckDB in SQL",
                        "products a second", 1.25, notes=(note,)), ours, peer)]


def peak_mebibytes(setting, path, *more):
    """The most memory that an analysis of it takes. Read from the process while it runs: what wait4() tells of a child
    begins with the memory of the one that started it."""
    child = subprocess.Popen([
        setting.program("assay"), "analyze", str(path), "--as-of", AS_OF, "--threads", str(THREADS), "--out",
        str(setting.directory / "memory.ndjson"), *more], stderr=subprocess.DEVNULL)
    peak = 0
    while child.poll() is None:
        with contextlib.suppress(OSError):
            status = pathlib.Path(f"/proc/{child.pid}/status").read_text()
            peak = max([peak, *(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:"))])
        time.sleep(0.005)
    if child.returncode != 0:
        raise Failed("an analysis for its memory ended with an error")
    return peak / 1024


@contextlib.contextmanager
def full(setting):
    """All analyzers on a whole manifest, and what memory it takes as manifests grow."""
    products = setting.size(PRODUCTS)
    path, out = manifest(setting, products), setting.directory / "full.ndjson"

    def rate():
        seconds, said = analyze(setting, path, out, "--timings")
        with out.open("rb") as file:
            lines = sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))
        if lines != products:
            raise Failed(f"{lines} results of {products} products")
        timed = readings.analyze_rate(said)
        return Reading(products / seconds, (f"the whole program, start and end included; it says {timed:,.0f} itself. "
                                            + readings.analyze_shares(said),))

    yield [Measured(Fact("full", "full analysis, 8 comparables a product, 2 threads", "products a second",
                         least=100_000), rate)] + [
           Measured(Fact("full", f"memory of a full analysis of {rows:,} products", "MiB"),
                    lambda rows=rows: peak_mebibytes(setting, manifest(setting, rows)))
           for rows in (setting.size(20_000), products)]
