#!/usr/bin/env python3
"""Runs every example of docs/examples in every profile, as docs/receiving.md tells its readers to.

Each is started on a free port and gets deliveries signed by `assay sign`: a valid one, the same again, one whose body was
changed, one that is an hour old, one signed with another secret and one without a signature. `assay check` then has to find
no fault in it, nor in `assay listen`. An interpreter or library that is not here leaves its example out, and says so.

    receiving_examples.py --program build/dev [--examples docs/examples]
"""
import argparse
import json
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request
import uuid
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "tools"))
from road import until  # noqa: E402

SKIPPED = 77  # ctest's SKIP_RETURN_CODE
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER_SECRET = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
SIGNS_TIME = {"resell-scan", "ztrace", "standard-webhooks", "cloudevents"}
SIGNS_NO_BODY = {"reusely", "resilientlink"}
BODIES = {
    "resell-scan": '{"id":"ID","event":"analysis.completed","created_at":"2026-05-25T10:30:00.000Z","data":{"total_products":10}}',
    "reusely": '{"object":"event","object_id":NUMBER,"timestamp":"1780000000","data":{"name":"\u00dcmlaut","object_id":1,"timestamp":"2"},"type":"offer.created"}',
    "sellapp": '{"event":"order.completed","data":{"id":236,"name":"\u00dcmlaut"},"store":1}',
    "resilientlink": '{"event":"scrape.completed","timestamp":"2026-05-19T12:00:00.NUMBERZ","data":{"url":"https://example.com/"}}',
    "ztrace": '{"event":"batch.started","data":{"batch_id":"\u00dcmlaut","total_count":10},"timestamp":"2026-05-25T10:30:00.000Z"}',
    "standard-webhooks": '{"type":"batch.started","timestamp":"2026-05-25T10:30:00.000Z","data":{"total_count":10}}',
    "cloudevents": '{"specversion":"1.0","id":"ID","source":"https://a.example","type":"batch.started","data":{"total_count":10}}',
    "github": '{"total_count":10,"name":"\u00dcmlaut"}',
}


def expect(condition, what):
    if not condition:
        raise AssertionError(what)


class Signer:
    """Deliveries as `assay sign` signs them."""

    def __init__(self, assay):
        self.assay = assay

    def delivery(self, profile, secret=SECRET, at=None):
        event = f"evt_{uuid.uuid4()}"
        number = str(uuid.uuid4().int % 900_000_000 + 100_000_000)
        body = BODIES[profile].replace("ID", event).replace("NUMBER", number).encode()
        command = [self.assay, "sign", "--profile", profile, "--id", event] + (["--at", at] if at else [])
        printed = subprocess.run(command, input=body, stdout=subprocess.PIPE, check=True,
                                 env=dict(os.environ, ASSAY_WEBHOOK_SECRET=secret)).stdout.decode()
        signature = dict(line.split(": ", 1) for line in printed.splitlines())
        headers = {"Content-Type": "application/json", "X-Assay-Event-Id": event, "X-Assay-Delivery-Attempt": "1"}
        if profile == "github":
            headers.update({"X-Assay-Event": "batch.started", "X-Assay-Delivery": event.removeprefix("evt_")})
        return body, headers, signature


def tampered(body):
    """One digit of what follows the signed stamp of reusely, and of any other body, is another one."""
    return re.sub(rb"(10|236|\xc3\x9cmlaut|example)(?=[^0-9]*)", lambda found: b"9" + found.group()[1:], body, count=1)


def post(url, body, headers):
    request = urllib.request.Request(url, data=body, headers=headers, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read().decode()


class Server:
    """An example as a process. It says where it listens, as JSON or in PHP's words."""

    def __init__(self, command, profile, directory, examples):
        environment = dict(os.environ, PROFILE=profile, WEBHOOK_SECRET=SECRET, PYTHONDONTWRITEBYTECODE="1",
                           SEEN_IDS=str(directory / f"seen-{uuid.uuid4()}"))
        self.errors = []
        self.url = None
        self.process = subprocess.Popen(command, cwd=examples, env=environment, text=True, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE)
        self.readers = [threading.Thread(target=self.read, args=(stream,), daemon=True)
                        for stream in (self.process.stdout, self.process.stderr)]
        for reader in self.readers:
            reader.start()

    def read(self, stream):
        for line in stream:
            self.errors.append(line)
            php = re.search(r"Development Server \((http://[^)]+)\) started", line)
            if php:
                self.url = php.group(1) + "/hook"
            elif line.startswith("{"):
                self.url = json.loads(line)["url"]

    def wait(self):
        until("an example to start", lambda: self.url or self.process.poll() is not None)
        expect(self.url, "an example does not start:\n" + "".join(self.errors)[-2000:])

    def stop(self):
        self.process.kill()
        self.process.wait()


def check_server(signer, profile, url):
    """What the page promises: refused where the signature can tell, accepted once and once more."""
    body, headers, signature = signer.delivery(profile)
    if profile not in SIGNS_NO_BODY:
        status, _ = post(url, tampered(body), headers | signature)
        expect(status == 401, f"a tampered body is answered {status}")
    elif profile == "reusely":
        status, _ = post(url, body.replace(b"1780000000", b"1780000001"), headers | signature)
        expect(status == 401, f"a tampered timestamp is answered {status}")
    status, _ = post(url, body, headers)
    expect(status == 401, f"a missing signature is answered {status}")
    _, _, of_another = signer.delivery(profile, OTHER_SECRET)
    status, _ = post(url, body, headers | of_another)
    expect(status == 401, f"another secret is answered {status}")
    if profile in SIGNS_TIME:
        old_body, old_headers, old_signature = signer.delivery(profile, at="2026-01-01T00:00:00Z")
        status, _ = post(url, old_body, old_headers | old_signature)
        expect(status == 401, f"an old one is answered {status}")
    for expected in ("ok", "seen before"):
        status, text = post(url, body, headers | signature)
        expect(status == 200 and text == expected, f"answered {status} {text!r}, not 200 {expected!r}")
    next_body, next_headers, next_signature = signer.delivery(profile)
    status, text = post(url, next_body, next_headers | next_signature)
    expect((status, text) == (200, "ok"), f"the next one is answered {status} {text!r}")


def grade(assay, profile, url):
    """A good receiver has no faults. B: Python's and PHP's own servers may answer slowly on a busy machine."""
    ran = subprocess.run([assay, "check", url, "--profile", profile, "--allow-insecure-endpoints", "--json"],
                         env=dict(os.environ, ASSAY_WEBHOOK_SECRET=SECRET), stdout=subprocess.PIPE, text=True)
    report = json.loads(ran.stdout)
    faults = [row for row in report["checks"] if row["verdict"] == "failed"]
    expect(ran.returncode == 0 and not faults and report["grade"] in "AB", f"{profile}: graded {report['grade']}: {faults}")


def run_servers(name, command, signer, examples, directory):
    for profile in BODIES:
        server = Server(command, profile, directory, examples)
        try:
            server.wait()
            check_server(signer, profile, server.url)
            grade(signer.assay, profile, server.url)
        except AssertionError as fault:
            raise AssertionError(f"{name}, {profile}: {fault}") from fault
        finally:
            server.stop()
    print(f"{name}: {len(BODIES)} profiles")


def run_shell(signer, examples, directory):
    headers_file = directory / "headers"

    def trusted(profile, body, headers):
        headers_file.write_text("".join(f"{name}: {value}\r\n" for name, value in headers.items()))
        return subprocess.run(["sh", str(examples / "verify.sh"), profile, str(headers_file)], input=body,
                              env=dict(os.environ, WEBHOOK_SECRET=SECRET), stderr=subprocess.DEVNULL).returncode == 0

    for profile in BODIES:
        body, headers, signature = signer.delivery(profile)
        expect(trusted(profile, body, headers | signature), f"verify.sh, {profile}: a valid one is refused")
        if profile not in SIGNS_NO_BODY:
            expect(not trusted(profile, tampered(body), headers | signature), f"verify.sh, {profile}: tampered passes")
        elif profile == "reusely":
            expect(not trusted(profile, body.replace(b"1780000000", b"1780000001"), headers | signature),
                   "verify.sh, reusely: a tampered timestamp passes")
        expect(not trusted(profile, body, headers), f"verify.sh, {profile}: unsigned passes")
        _, _, of_another = signer.delivery(profile, OTHER_SECRET)
        expect(not trusted(profile, body, headers | of_another), f"verify.sh, {profile}: another secret passes")
        if profile in SIGNS_TIME:
            old = signer.delivery(profile, at="2026-01-01T00:00:00Z")
            expect(not trusted(profile, old[0], old[1] | old[2]), f"verify.sh, {profile}: an old one passes")
    print(f"sh: {len(BODIES)} profiles")


def run_sql(examples):
    text = re.sub(r"--.*", "", (examples / "seen_ids.sql").read_text())
    create, insert, forget = [part for part in text.split(";") if part.strip()]
    database = sqlite3.connect(":memory:")
    database.execute(create)
    key = {"source": "assay", "id": "evt_1"}
    expect(database.execute(insert, key).fetchall() == [("evt_1",)], "seen_ids.sql: a new id brings no row")
    expect(database.execute(insert, key).fetchall() == [], "seen_ids.sql: a repeat brings a row")
    expect(len(database.execute(insert, key | {"source": "other"}).fetchall()) == 1, "seen_ids.sql: senders share ids")
    database.execute(forget, {"forget_before": "9999-01-01"})
    expect(database.execute(insert, key).fetchall() == [("evt_1",)], "seen_ids.sql: nothing is forgotten")
    print("seen_ids.sql: new, repeat, forgotten")


def run_listen(signer):
    for profile in BODIES:
        listener = subprocess.Popen([signer.assay, "listen", "--profile", profile, "--quiet"], stdout=subprocess.PIPE,
                                    env=dict(os.environ, ASSAY_WEBHOOK_SECRET=SECRET), text=True)
        try:
            grade(signer.assay, profile, json.loads(listener.stdout.readline())["url"] + "/hook")
        finally:
            listener.kill()
            listener.wait()
    print(f"assay listen: {len(BODIES)} profiles")


def python_with_flask():
    for python in (sys.executable, "/usr/bin/python3"):
        if Path(python).exists() and subprocess.run([python, "-c", "import flask"], stderr=subprocess.DEVNULL).returncode == 0:
            return python
    return None


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def servers_here(examples):
    node, php, flask = shutil.which("node"), shutil.which("php"), python_with_flask()
    if node:
        yield "Next.js route", [node, str(HERE / "serve_next_route.mjs"), "next_route.mjs"]
    if node and (examples / "node_modules/express").exists():
        yield "Express", [node, "receive_express.mjs", "0"]
    if flask:
        yield "Flask", [flask, "receive_flask.py", "0"]
    if php:
        yield "PHP", [php, "-S", f"127.0.0.1:{free_port()}", "receive.php"]  # -S says nothing of a port 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--examples", type=Path, default=ROOT / "docs/examples")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="assay-examples-") as made:
        directory = Path(made)
        # Where npm packages are found beside the examples, as in a project of their reader.
        examples = directory / "examples"
        shutil.copytree(options.examples, examples)
        if (HERE / "node_modules/express").is_dir():
            (examples / "node_modules").symlink_to(HERE / "node_modules")
        signer = Signer(str(options.program.resolve() / "assay"))
        run_sql(examples)
        run_listen(signer)
        if shutil.which("sh") and shutil.which("openssl"):
            run_shell(signer, examples, directory)
        here = dict(servers_here(examples))
        for name, command in here.items():
            run_servers(name, command, signer, examples, directory)
        absent = {"Next.js route", "Express", "Flask", "PHP"} - set(here)
        if absent:
            print("left out, since interpreter or library is not here:", ", ".join(sorted(absent)))
        return SKIPPED if len(absent) == 4 else 0


if __name__ == "__main__":
    sys.exit(main())
