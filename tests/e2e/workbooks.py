#!/usr/bin/env python3
"""Holds our reading of workbooks against another library's writing: exceljs makes workbooks of a generated CSV, and
`assay analyze` must say the same of each product, whatever file it came in.

    workbooks.py --program build/dev [--rows 500]
"""
import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
SKIPPED = 77  # ctest's SKIP_RETURN_CODE


def expect(condition, what):
    if not condition:
        raise AssertionError(what)


def analyse(program, file):
    run = subprocess.run([program / "assay", "analyze", file, "--as-of", "2026-05-25T10:30:00Z"],
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    expect(run.returncode == 0, f"{file.name}: {run.stderr}")
    return [json.loads(line) for line in run.stdout.splitlines()]


def findings(line):
    """What was found out of a product; its words as they stood in the file ("12.90" or 12.9) may differ."""
    result = dict(line["result"] or {})
    result.pop("input_hash", None)
    return {"id": line["product_id"], "status": line["status"], "error": line["error"], "result": result}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--rows", type=int, default=500)
    options = parser.parse_args()
    if not shutil.which("node") or not (HERE / "node_modules/exceljs").is_dir():
        print("skipped: Node.js with the packages of tests/e2e/package.json is not here (tools/test installs them)")
        return SKIPPED
    program = options.program.resolve()
    with tempfile.TemporaryDirectory(prefix="assay-workbooks-") as name:
        directory = Path(name)
        table = directory / "table.csv"
        subprocess.run([program / "assay-generate", "--rows", str(options.rows), "--format", "csv", "--seed", "7",
                        "--out", table], check=True)
        subprocess.run(["node", HERE / "write_workbooks.mjs", table, directory], check=True)
        wanted = [findings(line) for line in analyse(program, table)]
        expect(len(wanted) == options.rows, f"{len(wanted)} results of {options.rows} rows")
        for kind in ("plain", "dressed", "streamed"):
            lines = analyse(program, directory / f"{kind}.xlsx")
            expect(len(lines) == len(wanted), f"{kind}: {len(lines)} results")
            for line, right in zip(lines, wanted):
                expect(findings(line) == right, f"{kind}:\n{findings(line)}\nand not\n{right}")
            if kind == "dressed":
                expect(lines[0]["product_data"]["Sold on"] == "2026-05-01", "a date is not read as one")
            print(f"{kind}.xlsx: {len(lines)} products, the same as from the CSV")
        old = analyse(program, directory / "calendar1904.xlsx")
        expect(old[0]["product_data"]["Sold on"] == "2026-05-01", f"1904: {old[0]['product_data']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
