#!/usr/bin/env python3
"""Drives the built program on the main road and lets the receivers' own libraries verify what arrives.

A batch of 100 products arrives whole in its webhook; one of 100,000 with 8 comparables each is accepted, completes and
arrives as a results link whose lines are all there. Both by the published recipe (npm stripe for resell-scan's header)
and, for standard-webhooks, by npm standardwebhooks.

    verified_road.py --program build/dev [--large 100000]
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "tools"))
from road import Road, until  # noqa: E402

SKIPPED = 77  # ctest's SKIP_RETURN_CODE


class Receiver:
    def __init__(self, profile, directory):
        self.secret_file = directory / f"{profile}.secret"
        self.process = subprocess.Popen(["node", str(HERE / "receive.mjs")], stdout=subprocess.PIPE, text=True,
                                        env=dict(os.environ, PROFILE=profile, SECRET_FILE=str(self.secret_file)))
        self.url = json.loads(self.process.stdout.readline())["url"]
        self.rows = []
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            self.rows.append(json.loads(line))

    def of_batch(self, batch):
        return [row for row in list(self.rows) if row.get("event", {}).get("data", {}).get("batch_id") == batch]

    def refused(self):
        return [row for row in list(self.rows) if not row["verified"]]


def expect(condition, what):
    if not condition:
        raise AssertionError(what)


def product_ids(url):
    """Of every result behind the link. A line is parsed and dropped: whole, they are gigabytes, and a reader that stands
    still for half a minute to find memory is cut off."""
    with urllib.request.urlopen(url, timeout=60) as answer:
        return [json.loads(line)["product_id"] for line in answer]


def check_small(road, receivers):
    batch = road.ask("submit", "--wait", str(road.manifest(100, 3)))
    for profile, receiver in receivers.items():
        row = until(f"the webhook in {profile}", lambda: receiver.of_batch(batch["id"]) or receiver.refused())[0]
        expect(row["verified"], f"{profile}: {row.get('fault')}")
        expect(not row["tampered_verified"], f"{profile}: a tampered body verified")
        data = row["event"]["data"]
        expect(len(data["products"]) == 100, f"{profile}: {len(data['products'])} products")
        keys = list(data)[:10]
        expect(keys == ["batch_id", "collection_id", "status", "total_products", "successful_products",
                        "failed_products", "success_rate", "started_at", "completed_at", "products"], f"{profile}: {keys}")
        product_keys = list(data["products"][0])
        expect(product_keys == ["product_id", "product_data", "status", "progress", "result", "error"],
               f"{profile}: {product_keys}")
    print("100 products: whole in the webhook, verified by", ", ".join(receivers))


def check_large(road, receivers, products):
    batch = road.ask("submit", "--wait", str(road.manifest(products, 5)))
    counts = batch["product_counts"]
    expect(counts["total"] == products and counts["completed"] + counts["failed"] == products, f"counts {counts}")
    for profile, receiver in receivers.items():
        row = until(f"the webhook in {profile}", lambda: receiver.of_batch(batch["id"]) or receiver.refused())[0]
        expect(row["verified"], f"{profile}: {row.get('fault')}")
        data = row["event"]["data"]
        expect(data["products"] == [] and data["products_omitted"] is True, f"{profile}: not the thin body")
        results = product_ids(data["results_url"])
        expect(len(results) == products, f"{profile}: {len(results)} results behind the link")
        expect(len(set(results)) == products, f"{profile}: repeated products")
    print(f"{products} products: accepted, completed, results link complete and verified")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--large", type=int, default=100_000)
    options = parser.parse_args()
    if not shutil.which("node") or not (HERE / "node_modules/standardwebhooks").is_dir():
        print("skipped: Node.js with the packages of tests/e2e/package.json is not here (tools/test installs them)")
        return SKIPPED
    with tempfile.TemporaryDirectory(prefix="assay-road-") as directory:
        road = Road(options.program.resolve(), Path(directory))
        receivers = {}
        try:
            road.start_server()
            for profile in ("resell-scan", "standard-webhooks"):
                receiver = receivers[profile] = Receiver(profile, Path(directory))
                endpoint = road.ask("webhooks", "create", "--url", receiver.url + "/hook", "--profile", profile,
                                    "--events", "analysis.completed")
                receiver.secret_file.write_text(endpoint["secret"])
            check_small(road, receivers)
            check_large(road, receivers, options.large)
            return 0
        except Exception:
            print((Path(directory) / "server.log").read_text()[-3000:])
            raise
        finally:
            road.stop()
            for receiver in receivers.values():
                receiver.process.kill()


if __name__ == "__main__":
    sys.exit(main())
