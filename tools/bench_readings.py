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
    rows = [row for row in json.loads(text)["benchmarks"] if row["name"].startswith(prefix)]
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
