#!/usr/bin/env python3
"""Holds the program's money against big.js: 1,000 generated products through `assay analyze`, then money_oracle.mjs."""
# SPDX-License-Identifier: MIT
import argparse
import json
import pathlib
import random
import subprocess
import sys
import tempfile

from oracles import HERE, find_program, missing_packages

SKIP = 77
SOURCE = HERE.parent.parent


def products(count, seed):
    """Products for every channel, category, option and regime of the shipped tables."""
    rng = random.Random(seed)
    channels = [json.loads(path.read_text()) for path in sorted((SOURCE / "data/fees").glob("*.json"))]
    by_name = {channel["channel"]: channel for channel in channels}
    for index in range(count):
        channel = channels[index % len(channels)]
        table = rng.choice(channel["tables"])
        schedules = table
        if "as_in" in table:
            schedules = [t for t in by_name[table["as_in"]]["tables"] if t["effective"] <= table["effective"]][-1]
        words = [word for category in schedules["categories"] for word in category["matches"]]
        options = [option["name"] for option in schedules.get("options", [])]
        regime = rng.choice(["none", "standard", "margin", "small_business", "equivalence"])
        product = {
            "product_id": f"case-{index}",
            "title": "Thing without a name",
            "currency": channel["currency"],
            "condition": "new",
            "category": rng.choice(["", "Toys > " + rng.choice(words)]) if words else "",
            "unit_cost": int(10 ** rng.uniform(1, 5)),
            "target_price": int(10 ** rng.uniform(1.5, 6)),
            "msrp": 5000,
            "weight_g": rng.randint(20, 900),
            "dims_mm": [rng.randint(20, 240), rng.randint(20, 140), rng.randint(5, 100)],
            "costs": {"ship_charged": rng.choice([0, 0, 499]), "ship_out": rng.randint(0, 900),
                      "packaging": rng.randint(0, 60), "ads_ppm": rng.choice([0, 0, 23456])},
            "tax": {"regime": regime, "rate_ppm": rng.choice([190000, 210000, 70000, 200000]),
                    "purchase_vat": rng.random() < 0.3},
            "overrides": {"channels": [channel["channel"]], "fee_version": table["effective"],
                          "fee_options": rng.sample(options, min(len(options), rng.randint(0, 1))),
                          "sales_tax_ppm": rng.choice([0, 0, 72500, 88750])},
        }
        yield product


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--program", required=True, help="build directory that holds the program")
    arguments.add_argument("--count", type=int, default=1000)
    arguments.add_argument("--seed", type=int, default=7)
    options = arguments.parse_args()
    missing = missing_packages("big.js")
    if missing:
        print(missing)
        return SKIP
    program = find_program(options.program)
    with tempfile.TemporaryDirectory() as scratch:
        manifest = pathlib.Path(scratch) / "cases.ndjson"
        results = pathlib.Path(scratch) / "results.ndjson"
        manifest.write_text("".join(json.dumps(product) + "\n" for product in products(options.count, options.seed)))
        subprocess.run([program, "analyze", manifest, "--as-of", "2026-06-01", "--only", "fees,profit", "--out", results],
                       check=True, stdout=subprocess.DEVNULL)
        oracle = subprocess.run(["node", HERE / "money_oracle.mjs", SOURCE / "data/fees", results], check=False)
        return oracle.returncode


if __name__ == "__main__":
    sys.exit(main())
