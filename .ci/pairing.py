#!/usr/bin/env python3
"""Holds the files against the house rules that a compiler does not see.

Every source of engine/ and notify/ has its test at the mirrored path (or stands in .ci/untested with a reason), every
source opens with a sentence and the licence on a line of its own, no line is longer than 100 columns, no file than 500 lines
(or it stands in .ci/long_files with a reason), no test waits by sleeping; docs/architecture.md names every source.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LICENCE = "// SPDX-License-Identifier: MIT"


def exceptions(name):
    path = ROOT / ".ci" / name
    rows = [line.split(None, 1) for line in path.read_text().splitlines() if line.strip() and line[0] != "#"]
    return {row[0]: row[1] for row in rows if len(row) == 2}


def main():
    untested, long_files = exceptions("untested"), exceptions("long_files")
    faults = []
    sources = [p for top in ("engine", "notify", "tools", "bench", "tests") for p in sorted((ROOT / top).glob("**/*.[hc]pp"))
               if "node_modules" not in p.parts]
    for source in sources:
        path = source.relative_to(ROOT).as_posix()
        lines = source.read_text().splitlines()
        if not lines or not lines[0].startswith("// ") or LICENCE not in lines[:8]:
            faults.append(f"{path}: does not open with its job, then the licence on a line of its own")
        for number, line in enumerate(lines, 1):
            if len(line) > 100 and "http" not in line:
                faults.append(f"{path}:{number}: longer than 100 columns")
        if len(lines) > 500 and path not in long_files:
            faults.append(f"{path}: {len(lines)} lines; split it, or give the reason in .ci/long_files")
        if path.startswith("tests/") and re.search(r"\b(sleep_for|usleep|sleep)\s*\(", "\n".join(lines)):
            faults.append(f"{path}: a test that sleeps")
        if path.endswith(".cpp") and path.startswith(("engine/", "notify/")) and path not in untested:
            test = ROOT / "tests" / (path[: -len(".cpp")] + "_test.cpp")
            if not test.exists():
                faults.append(f"{path}: no test at {test.relative_to(ROOT).as_posix()}, no reason in .ci/untested")
    named = set(re.findall(r"^- (?:\*\*|`)(\w+)(?:\*\*|`):", (ROOT / "docs/architecture.md").read_text(), re.M))
    for source in sources:
        path = source.relative_to(ROOT).as_posix()
        if path.startswith(("engine/", "notify/", "tools/")) and source.stem not in named | {"main"}:
            faults.append(f"{path}: not named in docs/architecture.md")
    for name, listed in (("untested", untested), ("long_files", long_files)):
        for path in listed:
            if not (ROOT / path).exists():
                faults.append(f".ci/{name}: {path} is gone")
    for fault in faults:
        print(fault)
    print(f"pairing: {len(sources)} files, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
