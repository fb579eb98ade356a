#!/usr/bin/env python3
"""Holds the includes against the layering: modules open only doors of modules they declare, no circles.

A module is a folder with an add_module() in its CMakeLists.txt; DEPENDS is what it may include, HEADERS are its
doors. Beside that: engine/ knows neither notify/ nor HTTP, notify/ knows no TBB, only engine/graph includes TBB.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]', re.M)
FORBIDDEN = [  # (folder, pattern of an include, why)
    ("engine", r"^(notify|tools)/", "the engine knows nothing of what stands on it"),
    ("engine", r"^boost/(asio|beast)", "the engine knows no HTTP"),
    ("engine", r"^curl/", "the engine knows no HTTP"),
    ("notify", r"^(oneapi/)?tbb/", "notify never includes TBB"),
    ("notify", r"^tools/", "notify knows nothing of the program"),
    ("notify", r"^engine/(analysis|graph|batch/|progress|engine\.hpp)", "notify opens no other engine door"),
]
SANCTIONED_TBB = "engine/graph"


def read_modules():
    modules = {}
    for cmake in sorted(ROOT.glob("**/CMakeLists.txt")):
        if "build" in cmake.relative_to(ROOT).parts:
            continue
        for call in re.finditer(r"add_module\(([^)]*)\)", cmake.read_text()):
            words = call.group(1).split()
            lists, current = {}, None
            for word in words[1:]:
                if word in ("SOURCES", "HEADERS", "DEPENDS", "PACKAGES", "PRIVATE_PACKAGES"):
                    current = lists.setdefault(word, [])
                elif current is not None:
                    current.append(word)
            folder = cmake.parent.relative_to(ROOT).as_posix()
            modules[words[0]] = {
                "folder": folder,
                "doors": {f"{folder}/{h}" for h in lists.get("HEADERS", [])},
                "files": {f"{folder}/{f}" for f in lists.get("SOURCES", []) + lists.get("HEADERS", [])},
                "depends": set(lists.get("DEPENDS", [])),
            }
    return modules


def owner_of(path, modules):
    for name, module in modules.items():
        if path in module["files"]:
            return name
    folder = path.rsplit("/", 1)[0]
    for name, module in modules.items():
        if module["folder"] == folder:
            return name
    return None


def find_circle(graph):
    state, stack = {}, []

    def visit(node):
        state[node] = 1
        stack.append(node)
        for following in sorted(graph.get(node, ())):
            if state.get(following) == 1:
                return stack[stack.index(following):] + [following]
            if following not in state:
                circle = visit(following)
                if circle:
                    return circle
        stack.pop()
        state[node] = 2
        return None

    for node in sorted(graph):
        if node not in state:
            circle = visit(node)
            if circle:
                return circle
    return None


def main():
    modules = read_modules()
    faults, file_graph = [], {}
    for name, module in modules.items():
        for dependency in module["depends"]:
            if dependency not in modules:
                faults.append(f"{module['folder']}/CMakeLists.txt: DEPENDS names unknown module {dependency}")
    files = [p for top in ("engine", "notify", "tools", "bench") for p in sorted((ROOT / top).glob("**/*.[hc]pp"))]
    for file in files:
        path = file.relative_to(ROOT).as_posix()
        mine = owner_of(path, modules)
        for kind, included in INCLUDE.findall(file.read_text()):
            for folder, pattern, why in FORBIDDEN:
                if path.startswith(folder + "/") and re.match(pattern, included):
                    faults.append(f"{path}: includes {included}: {why}")
            if re.match(r"(oneapi/)?tbb/", included) and not path.startswith((SANCTIONED_TBB, "bench/")):
                faults.append(f"{path}: includes {included}: TBB lives in {SANCTIONED_TBB} alone")
            if kind != '"' or not (ROOT / included).exists():
                continue
            file_graph.setdefault(path, set()).add(included)
            theirs = owner_of(included, modules)
            if theirs is None or theirs == mine or mine is None:
                continue
            if theirs not in modules[mine]["depends"]:
                faults.append(f"{path}: includes {included}, but {mine} does not declare DEPENDS {theirs}")
            if included not in modules[theirs]["doors"]:
                faults.append(f"{path}: includes {included}, which is no door of {theirs}")
    for what, graph in (("modules", {n: m["depends"] for n, m in modules.items()}), ("files", file_graph)):
        circle = find_circle(graph)
        if circle:
            faults.append(f"circle of {what}: " + " -> ".join(circle))
    for fault in faults:
        print(fault)
    print(f"layers: {len(modules)} modules, {len(files)} files, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
