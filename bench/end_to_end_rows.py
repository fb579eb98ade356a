"""The whole road: events durable, beside wrk and beside a queue; and batches, from POST to webhook."""
import base64
import contextlib
import hashlib
import hmac
import http.client
import json
import queue
import subprocess
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import bench_readings as readings
from bench_peers import (BODY_BYTES, CONNECTIONS, PATIENCE_SECONDS, Failed, Measured, Nginx, assay_bench, free_port,
                         listens, manifest, node, process, rate, wrk)
from bench_report import Fact, Reading, Row


def durable_load(setting, nginx):
    return assay_bench(setting, "--durable", "--store-in", setting.directory, "--bytes", BODY_BYTES, "--in-flight",
                       CONNECTIONS, nginx=nginx, count=setting.size(100_000))


@contextlib.contextmanager
def durable(setting):
    """The whole road beside the same wrk: event committed before, outcome after."""
    directory = setting.room("durable")
    with Nginx.started(directory) as nginx:
        yield [Measured(Row("durable", "the same, durable", "wrk", "a second", 0.50),
                        lambda: rate(durable_load(setting, nginx)), lambda: wrk(setting, nginx, directory))]


@contextlib.contextmanager
def queue_of_others(setting):
    """The whole road beside a queue in Redis whose worker signs and posts."""
    directory = setting.room("queue")
    port = free_port()
    with Nginx.started(directory) as nginx, \
            process(["redis-server", "--port", port, "--bind", "127.0.0.1", "--dir", directory, "--save", "",
                     "--appendonly", "yes", "--appendfsync", "everysec"], lambda: listens(port)):

        def bullmq():
            count = setting.size(20_000)
            with nginx.counting(lambda: count):
                return readings.deliveries(node("bullmq.mjs", port, nginx.url, count, BODY_BYTES, CONNECTIONS), count)

        yield [Measured(
            Row("queue", "durable, beside a durable queue", "BullMQ + Redis + undici", "a second", 10,
                notes=("Redis syncs its log once a second here, Assay before each sending, so the peer may lose a "
                       "second of events where Assay loses none",)),
            lambda: rate(durable_load(setting, nginx)), bullmq)]


def verifies(secret, headers, body):
    """As receivers of Standard Webhooks do it."""
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return any(hmac.compare_digest(expected, given) for given in headers["webhook-signature"].split())


class Receiver:
    """Takes webhooks, with the moment of each."""

    def __init__(self):
        self.arrived = queue.SimpleQueue()
        arrived = self.arrived

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):  # noqa: N802, the library's name
                body = self.rfile.read(int(self.headers["Content-Length"]))
                arrived.put((time.monotonic(), dict(self.headers), body))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Server:
    """A server of ours with one endpoint, and what a client does with it."""

    def __init__(self, url, key, receiver):
        self.address, self.key, self.receiver = urllib.parse.urlsplit(url).netloc, key, receiver
        made = self.call("POST", "/v1/webhooks", json.dumps({"url": receiver.url, "events": ["analysis.completed"]}),
                         {"Content-Type": "application/json"})
        self.secret = made["secret"]

    def call(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection(self.address, timeout=PATIENCE_SECONDS)
        try:
            connection.request(method, path, body, {"Authorization": f"Bearer {self.key}", **(headers or {})})
            answer = connection.getresponse()
            text = answer.read()
        finally:
            connection.close()
        if answer.status >= 300:
            raise Failed(f"{method} {path}: {answer.status} {text[:200].decode(errors='replace')}")
        return json.loads(text) if text else {}

    def batch(self, path, products):
        """Seconds from the first byte of the POST to the webhook, whose signature and counts are right."""
        begun = time.monotonic()
        with open(path, "rb") as file:
            accepted = self.call("POST", "/v1/batches?as_of=2026-05-25T10:30:00Z", file, {
                "Content-Type": "application/x-ndjson", "Content-Length": str(path.stat().st_size)})
        answered = time.monotonic() - begun
        try:
            at, headers, body = self.receiver.arrived.get(timeout=PATIENCE_SECONDS)
        except queue.Empty:
            raise Failed(f"no webhook within {PATIENCE_SECONDS} s") from None
        if not verifies(self.secret, {name.lower(): value for name, value in headers.items()}, body):
            raise Failed("the webhook's signature does not verify")
        batch = self.call("GET", f"/v1/batches/{accepted['id']}")
        counts = batch["product_counts"]
        if accepted["id"] not in body.decode() or batch["status"] != "completed" or \
                (counts["total"], counts["completed"], counts["failed"]) != (products, products, 0):
            raise Failed(f"the batch of {products} came to {batch['status']}, {counts}")
        self.call("DELETE", f"/v1/batches/{accepted['id']}")
        return Reading(at - begun, (f"{answered:.2f} s of it until the 202; signature and counts verified, lost 0",))


@contextlib.contextmanager
def serving(setting, directory):
    """A server with an endpoint, until the block ends."""
    receiver = Receiver()
    with subprocess.Popen([setting.program("assay"), "serve", "--listen", "127.0.0.1:0", "--data-dir", directory,
                           "--allow-insecure-endpoints"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          text=True) as process_of_ours:
        try:
            line = process_of_ours.stdout.readline()
            if '"ready"' not in line:
                raise Failed("the server did not become ready")
            yield Server(json.loads(line)["url"], (directory / "admin.key").read_text().strip(), receiver)
        finally:
            process_of_ours.terminate()
            process_of_ours.wait(PATIENCE_SECONDS)
            receiver.close()


@contextlib.contextmanager
def batches(setting):
    """Batches of three sizes against a running server."""
    with serving(setting, setting.room("batches")) as server:
        def measured(products, most):
            whole = setting.size(products) if products > 1_000 else products
            path = manifest(setting, whole)
            return Measured(Fact("batches", f"POST of {whole:,} products, 8 comparables each, until the signed webhook",
                                 "s", most=most), lambda: server.batch(path, whole))

        yield [measured(100_000, 3), measured(1_000, None), measured(10, None)]
