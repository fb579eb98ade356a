#!/usr/bin/env python3
"""Holds the program's prices against simple-statistics: 2,000 generated samples through `assay analyze`."""
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


def sample(rng):
    """Five to sixty prices around one, a few of them another thing."""
    middle, spread = 10 ** rng.uniform(2.5, 5), rng.uniform(0.02, 0.5)
    for _ in range(rng.randint(6, 60)):
        factor = rng.choice([0.1, 3, 8]) if rng.random() < 0.06 else 1
        yield max(1, round(middle * factor * 2.718281828 ** rng.gauss(0, spread)))


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--program", required=True, help="build directory that holds the program")
    arguments.add_argument("--count", type=int, default=2000)
    arguments.add_argument("--seed", type=int, default=11)
    options = arguments.parse_args()
    missing = missing_packages("simple-statistics")
    if missing:
        print(missing)
        return SKIP
    rng = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as scratch:
        cases = pathlib.Path(scratch) / "cases.ndjson"
        results = pathlib.Path(scratch) / "results.ndjson"
        with cases.open("w") as out:
            for index in range(options.count):
                comparables = [{"price": price, "sold_at": "2026-05-30"} for price in sample(rng)]
                out.write(json.dumps({"product_id": f"case-{index}", "title": "Thing", "currency": "EUR",
                                      "comparables": comparables}) + "\n")
        subprocess.run([find_program(options.program), "analyze", cases, "--as-of", "2026-06-01", "--only", "price",
                        "--out", results], check=True, stdout=subprocess.DEVNULL)
        defaults = HERE.parent.parent / "data/analysis/defaults.json"
        return subprocess.run(["node", HERE / "statistics_oracle.mjs", defaults, cases, results], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
