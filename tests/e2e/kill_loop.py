#!/usr/bin/env python3
"""Kills the server with SIGKILL again and again while batches are submitted, with a receiver that counts.

Some kills come while the server is still starting; some requests lose their answer, so that repeats must come.

Holds afterwards: every batch that was answered 202 has ended with every product completed and every result line there, each
product once; one idempotency key made one batch; every batch has sent its terminal event; a repeat of an event carries the
same id and the same bytes; progress never went back; every signature verified. Submitter and receiver keep their own
books, apart from the server's.

    kill_loop.py --program build/dev --kills 25 --seed 1
"""
import argparse
import hashlib
import hmac
import http.client
import http.server
import json
import random
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
from road import Road, RoadBlocked, until  # noqa: E402

DRAIN_SECONDS = 150
MOST_CONDEMNED = 3  # products of the whole run: kills in a row that find the same one alone are rare


class CountingReceiver(http.server.ThreadingHTTPServer):
    """Answers 200 at once and remembers, per batch, every event id and body hash that came."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), self.Handler)
        self.lock = threading.Lock()
        self.secret = b""
        self.by_batch = {}
        self.requests = self.unverified = 0

    def handle_error(self, *_):
        """A killed server resets its connections: that is the point of the test."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            fields = dict(part.split("=", 1) for part in self.headers["X-Webhook-Signature"].split(","))
            expected = hmac.new(self.server.secret, fields["t"].encode() + b"." + body, hashlib.sha256).hexdigest()
            event = json.loads(body)
            with self.server.lock:
                self.server.requests += 1
                rows = self.server.by_batch.get(event["data"]["batch_id"], [])
                lose_the_answer = not rows and self.server.requests % 10 == 0
                self.server.unverified += not hmac.compare_digest(expected, fields["v1"])
                self.server.by_batch.setdefault(event["data"]["batch_id"], []).append(
                    (event["id"], hashlib.sha256(body).hexdigest(), event["data"]["total_products"]))
            if lose_the_answer:
                self.close_connection = True
                return
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass


class Submitter(threading.Thread):
    """Submits batches until told to stop; a batch counts only once its 202 was read whole."""

    def __init__(self, road, lines, seed):
        super().__init__(daemon=True)
        self.road, self.lines, self.random = road, lines, random.Random(seed)
        self.stopping = threading.Event()
        self.acknowledged = {}  # batch id -> products
        self.progress = {}      # batch id -> largest progress seen
        self.went_back = []
        self.refused = 0

    def run(self):
        number = 0
        while not self.stopping.is_set():
            number += 1
            count = self.random.randint(20, 600)
            start = self.random.randrange(len(self.lines) - count)
            body = b"".join(self.lines[start:start + count])
            key = f"batch-{number}"
            while not self.stopping.is_set():  # the same key until it is acknowledged: never twice
                try:
                    self.submit(body, key, count)
                    break
                except (OSError, http.client.HTTPException, ValueError):
                    self.refused += 1
                    self.stopping.wait(0.02)
            self.look()

    def connect(self):
        return http.client.HTTPConnection(self.road.server_url.removeprefix("http://"), timeout=10)

    def headers(self):
        return {"Authorization": f"Bearer {self.road.environment['ASSAY_API_KEY']}"}

    def submit(self, body, key, count):
        connection = self.connect()
        connection.request("POST", "/v1/batches", body,
                           {**self.headers(), "Content-Type": "application/x-ndjson", "Idempotency-Key": key})
        answer = connection.getresponse()
        batch = json.loads(answer.read())
        connection.close()
        if answer.status != 202:
            raise ValueError(f"{answer.status}: {batch}")
        self.acknowledged[batch["id"]] = count

    def look(self):
        """Reads one batch's progress: it may stand still, never go back."""
        if not self.acknowledged:
            return
        batch = self.random.choice(list(self.acknowledged))
        try:
            state = self.road.get(f"/v1/batches/{batch}")
        except OSError:
            return
        counts = state["product_counts"]
        parts = sum(counts[name] for name in ("pending", "processing", "completed", "failed", "cancelled"))
        if state["progress"] < self.progress.get(batch, 0) or parts != counts["total"]:
            self.went_back.append((batch, state))
        self.progress[batch] = max(self.progress.get(batch, 0), state["progress"])


def check(condition, what, faults):
    if not condition:
        faults.append(what)


def listed_batches(road):
    """Every batch that the server knows, page by page."""
    found, after = [], ""
    while True:
        page = road.get(f"/v1/batches?limit=100{after}")
        found += [batch["id"] for batch in page["data"]]
        if not page["has_more"]:
            return found
        after = f"&after={found[-1]}"


def check_results(road, batch, count, faults):
    lines = [json.loads(line) for line in road.run("results", batch).stdout.splitlines()]
    check(len(lines) == count, f"{batch}: {len(lines)} result lines instead of {count}", faults)
    check(len({line["product_id"] for line in lines}) == len(lines), f"{batch}: a product twice", faults)


def check_condemned(road, batch, count, faults):
    """A product that was alone under way in three kills is taken for their cause, and fails by that name alone."""
    lines = [json.loads(line) for line in road.run("results", batch).stdout.splitlines()]
    failed = [line for line in lines if line["status"] == "failed"]
    reasons = [line["error"]["message"] for line in failed]
    check(len(failed) == count, f"{batch}: {len(failed)} failed results instead of {count}", faults)
    for reason in reasons:
        check("times while it analysed this product" in reason, f"{batch}: a product failed: {reason}", faults)


def judge(road, receiver, submitter):
    faults = []
    listed = listed_batches(road)
    check(len(set(listed)) == len(listed), "a batch is listed twice", faults)
    unknown = set(listed) - submitter.acknowledged.keys()
    check(len(unknown) <= 1, f"{len(unknown)} batches without a key of their own", faults)  # the last may lack its 202
    for batch in list(submitter.acknowledged)[:: max(1, len(submitter.acknowledged) // 50)]:
        check_results(road, batch, submitter.acknowledged[batch], faults)
    with receiver.lock:
        arrived = {batch: list(rows) for batch, rows in receiver.by_batch.items()}
    condemned = 0
    for batch, count in submitter.acknowledged.items():
        state = road.get(f"/v1/batches/{batch}")
        counts = state["product_counts"]
        check(state["status"] == "completed", f"{batch}: {state['status']}", faults)
        check(counts["total"] == count, f"{batch}: {counts['total']} products instead of {count}", faults)
        check(counts["completed"] + counts["failed"] == count, f"{batch}: not all settled: {counts}", faults)
        condemned += counts["failed"]
        if counts["failed"]:
            check_condemned(road, batch, counts["failed"], faults)
        rows = arrived.get(batch, [])
        check(rows, f"{batch}: its webhook never came", faults)
        check(len({row[0] for row in rows}) <= 1, f"{batch}: several event ids", faults)
        check(len({row[1] for row in rows}) <= 1, f"{batch}: repeats differ in their bytes", faults)
    check(condemned <= MOST_CONDEMNED, f"{condemned} products were taken for the cause of kills", faults)
    check(receiver.unverified == 0, f"{receiver.unverified} signatures did not verify", faults)
    check(not submitter.went_back, f"progress went back: {submitter.went_back[:3]}", faults)
    return faults


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--kills", type=int, default=25)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)

    with tempfile.TemporaryDirectory(prefix="assay-kill-") as directory:
        road = Road(options.program.resolve(), Path(directory))
        receiver = CountingReceiver()
        threading.Thread(target=receiver.serve_forever, daemon=True).start()
        try:
            road.start_server()
            endpoint = road.ask("webhooks", "create", "--url", f"http://127.0.0.1:{receiver.server_port}/hook",
                                "--profile", "resell-scan", "--events", "analysis.completed", "--retry",
                                ",".join(["200ms"] * 20))
            receiver.secret = endpoint["secret"].encode()
            lines = road.manifest(4_000, options.seed).read_bytes().splitlines(keepends=True)
            submitter = Submitter(road, lines, options.seed)
            submitter.start()
            for kill in range(options.kills):
                submitter.stopping.wait(chance.uniform(0.05, 0.9))  # a random moment of a busy server
                road.server.send_signal(signal.SIGKILL)
                road.server.wait()
                if kill % 5 == 4:
                    road.launch_server()
                    submitter.stopping.wait(chance.uniform(0.001, 0.2))  # a random moment of its start
                    road.server.send_signal(signal.SIGKILL)
                    road.server.wait()
                road.start_server()
            # On a slow machine few batches are taken between two kills: go on until there are enough.
            until("enough batches", lambda: len(submitter.acknowledged) >= options.kills)
            submitter.stopping.wait(0.5)
            submitter.stopping.set()
            submitter.join(20)
            expected = set(submitter.acknowledged)

            def drained():
                with receiver.lock:
                    return expected <= receiver.by_batch.keys()
            started = time.monotonic()
            try:
                until("every terminal event", drained, DRAIN_SECONDS)
            except RoadBlocked:
                pass  # judge() names what is missing
            faults = judge(road, receiver, submitter)
            repeats = receiver.requests - len(receiver.by_batch)
            print(f"{options.kills} kills, {len(expected)} batches with {sum(submitter.acknowledged.values())} products "
                  f"acknowledged, {receiver.requests} webhooks ({repeats} repeats), drained in "
                  f"{time.monotonic() - started:.1f} s, seed {options.seed}")
            for fault in faults:
                print("FAULT", fault)
            if repeats == 0:
                faults.append("no repeat came: nothing was proved about repeats")
                print("FAULT", faults[-1])
            if len(expected) < options.kills:
                faults.append("too few batches to prove anything")
                print("FAULT", faults[-1])
            if faults:
                print((Path(directory) / "server.log").read_text()[-3000:])
            return 1 if faults else 0
        finally:
            road.stop()
            receiver.shutdown()


if __name__ == "__main__":
    sys.exit(main())
