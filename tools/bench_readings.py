"""Reads what benchmarks and peers print. Pure; a run that went wrong has no figure, but a reason."""
import json
import re


class Unreadable(Exception):
    """There is no figure in it; the text says why."""


def wrk(text):
    """Requests a second, and how many there were."""
    faults = re.search(r"(Non-2xx or 3xx responses|Socket errors):.*", text)
    if faults:
        raise Unreadable(f"wrk: {faults.group(0)}")
    rate = re.search(r"Requests/sec:\s+([\d.]+)", text)
    count = re.search(r"(\d+) requests in", text)
    if not rate or not count or int(count.group(1)) == 0:
        raise Unreadable(f"wrk printed no rate: {text.strip()[-200:]}")
    return float(rate.group(1)), int(count.group(1))


def openssl_speed(text, size):
    """Operations a second at `size` bytes, of `openssl speed -mr`."""
    found = re.search(r"^\+F:\d+:[^:]+:([\d.]+)", text, re.MULTILINE)
    if not found:
        raise Unreadable(f"openssl speed printed no rate: {text.strip()[-200:]}")
    return float(found.group(1)) / size


def google_benchmark(text, prefix, counter):
    """The greatest `counter` of the benchmarks whose name begins with `prefix`."""
    rows = [row for row in json.loads(text)["benchmarks"] if row["name"].startswith(prefix)] if text.strip() else []
    if not rows:
        raise Unreadable(f"this build has no benchmark {prefix}")
    for row in rows:
        if row.get("error_occurred"):
            raise Unreadable(f"{row['name']}: {row.get('error_message', 'failed')}")
    return max(row[counter] for row in rows)


def status_value(text, name):
    """A number of /proc/PID/status."""
    found = re.search(rf"^{name}:\s+(\d+)", text, re.MULTILINE)
    if not found:
        raise Unreadable(f"the system does not say {name}")
    return int(found.group(1))


def deliveries(text, expected):
    """Deliveries a second of `assay bench --json`, or a peer that prints the same: all must have arrived."""
    report = json.loads(text)
    if report["failed"] or report["delivered"] != expected:
        raise Unreadable(f"{report['delivered']} of {expected} were delivered, {report['failed']} attempts failed")
    return report["per_second"]


def strace_calls(text):
    """How many system calls `strace -c` has seen."""
    rows = [line.split() for line in text.splitlines() if re.match(r"\s*\d+\.\d+\s+\d+\.\d+\s+\d+\s+\d+", line)]
    calls = sum(int(row[3]) for row in rows if row[-1] != "total")
    if calls == 0:
        raise Unreadable(f"strace counted nothing: {text.strip()[-200:]}")
    return calls


def s_time(text):
    """Connections of `openssl s_time`, and the seconds in which they were made."""
    found = re.search(r"(\d+) connections in (\d+) real seconds", text)
    if not found or int(found.group(1)) == 0 or int(found.group(2)) == 0:
        raise Unreadable(f"s_time made no connection: {text.strip()[-200:]}")
    return int(found.group(1)), int(found.group(2))


def analyze_rate(text):
    """Products a second as `assay analyze --timings` says them."""
    found = re.search(r"([\d,]+) products/s", text)
    if not found:
        raise Unreadable(f"analyze printed no rate: {text.strip()[-200:]}")
    return int(found.group(1).replace(",", ""))


def analyze_shares(text):
    """Where `assay analyze --timings` spent its time, the dearest first, in words."""
    units = {"us": 1e-3, "ms": 1, "s": 1e3}
    parts = [(float(value.replace(",", "")) * units[unit], name) for name, value, unit in
             re.findall(r"^  (\w+)\s+([\d,.]+) (us|ms|s)$", text, re.MULTILINE)]
    if not parts:
        raise Unreadable("analyze printed no timings")
    parts.sort(reverse=True)
    return "Analyzers, both threads: " + ", ".join(f"{name} {value:,.0f} ms" for value, name in parts)
