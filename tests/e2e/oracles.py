"""What the tests against libraries of others share: where the program is, and whether Node and a package are there."""
# SPDX-License-Identifier: MIT
import pathlib
import shutil

HERE = pathlib.Path(__file__).resolve().parent


def missing_packages(*names):
    """What to say when the test is skipped; empty: nothing is missing."""
    if not shutil.which("node"):
        return "skipped: node is missing"
    absent = [name for name in names if not (HERE / "node_modules" / name).is_dir()]
    return f"skipped: {', '.join(absent)} missing: run npm ci in tests/e2e" if absent else ""


def find_program(build_directory):
    program = next(pathlib.Path(build_directory).glob("**/assay"), None)
    if program is None:
        raise SystemExit(f"no program in {build_directory}")
    return program
