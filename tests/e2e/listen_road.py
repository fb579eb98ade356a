#!/usr/bin/env python3
"""`assay listen` as its user meets it: what it stores, passes on, and plays when it is told to be unwell.

    listen_road.py --program build/dev
"""
import argparse
import http.client
import http.server
import json
import os
import ssl
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from urllib.parse import urlsplit

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = '{"type":"batch.started","data":{"name":"\u00dcmlaut  1.50"}}'.encode()


def expect(condition, what):
    if not condition:
        raise AssertionError(what)


class Listener:
    def __init__(self, assay, *options):
        self.process = subprocess.Popen([assay, "listen", "--json", *options], stdout=subprocess.PIPE, text=True,
                                        stderr=subprocess.DEVNULL, env=dict(os.environ, ASSAY_WEBHOOK_SECRET=SECRET))
        self.url = urlsplit(json.loads(self.process.stdout.readline())["url"])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        expect(self.process.wait(timeout=60) == 0, "assay listen does not end well")

    def row(self):
        return json.loads(self.process.stdout.readline())

    def connection(self, timeout=60, context=None):
        if self.url.scheme == "https":
            return http.client.HTTPSConnection(self.url.hostname, self.url.port, timeout=timeout, context=context)
        return http.client.HTTPConnection(self.url.hostname, self.url.port, timeout=timeout)

    def post(self, headers, context=None):
        connection = self.connection(context=context)
        connection.request("POST", "/hook?a=b", BODY, headers)
        return connection.getresponse()


def signed(assay):
    printed = subprocess.run([assay, "sign"], input=BODY, stdout=subprocess.PIPE, check=True,
                             env=dict(os.environ, ASSAY_WEBHOOK_SECRET=SECRET)).stdout.decode()
    return {"Content-Type": "application/json", "X-Of-Theirs": "kept"} | dict(
        line.split(": ", 1) for line in printed.splitlines())


class Behind(http.server.BaseHTTPRequestHandler):
    """The server of a user, behind the listener."""
    got = []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        Behind.got.append((self.command, self.headers, body))
        self.send_response(418)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def stores(assay, directory):
    file = directory / "received.ndjson"
    with Listener(assay, "--store", str(file)) as listener:
        headers = signed(assay)
        expect(listener.post(headers).status == 200, "a valid one is refused")
        expect(listener.post(headers | {"webhook-id": "msg_other"}).status == 401, "a forged one is taken")
        for _ in range(2):
            listener.row()
        connection = listener.connection()
        connection.request("GET", "/")
        expect(connection.getresponse().status == 405, "a GET passes for a delivery")
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    expect([row["verified"] for row in rows] == [True, False], f"stored {rows}")
    expect(rows[0]["body"] == json.loads(BODY) and rows[0]["headers"]["X-Of-Theirs"] == "kept", f"stored {rows[0]}")
    print("stores what arrives")


def forwards(assay):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Behind)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/x"
    headers = signed(assay)
    with Listener(assay, "--forward-to", url) as listener:
        expect(listener.post(headers).status == 418, "the answer is not that of the server behind")
        method, got, body = Behind.got.pop()
        expect(method == "POST" and body == BODY, f"passed on as {method} {body!r}")
        for name, value in headers.items():
            expect(got.get_all(name) == [value], f"{name} is passed on as {got.get_all(name)}")
        expect(listener.post(headers | {"webhook-id": "msg_other"}).status == 401, "a forged one is taken")
        expect(not Behind.got, "a forged one is passed on")
        for _ in range(2):
            listener.row()
        server.shutdown()
        server.server_close()
        answer = listener.post(headers)
        text = answer.read().decode()
        expect(answer.status == 502 and url in text, f"with nothing behind it: {answer.status} {text}")
        expect(url in listener.row()["forward_fault"], "the fault is not shown")
    print("passes on what verifies, and says when nothing is there")


def plays(assay):
    headers = signed(assay)
    with Listener(assay, "--chaos", "status=503,every=2") as listener:
        expect([listener.post(headers).status for _ in range(4)] == [200, 503, 200, 503], "not every second one")
    with Listener(assay, "--chaos", "redirect=https://example.com/x") as listener:
        answer = listener.post(headers)
        expect((answer.status, answer.getheader("Location")) == (307, "https://example.com/x"), "no redirect")
    with Listener(assay, "--chaos", "reset,delay=1") as listener:
        try:
            listener.post(headers).read()
            raise AssertionError("a cut connection gave a whole answer")
        except (http.client.IncompleteRead, ConnectionResetError):
            pass
    with Listener(assay, "--chaos", "drip") as listener:
        answer = listener.post(headers)
        expect(answer.status == 200 and answer.read(2) == b"..", "does not drip")
    with Listener(assay, "--chaos", "huge-body") as listener:
        answer = listener.post(headers)
        expect(len(answer.read(4 << 20)) == 4 << 20, "not huge")
        answer.close()
    with Listener(assay, "--chaos", "wrong-tls") as listener:
        try:
            listener.post(headers, ssl.create_default_context())
            raise AssertionError("its certificate is believed")
        except ssl.SSLCertVerificationError:
            pass
        expect(listener.post(headers, ssl._create_unverified_context()).status == 200, "no TLS at all")
    print("plays: status, redirect, reset, drip, huge-body, wrong-tls")


def refuses(assay):
    ran = subprocess.run([assay, "listen", "--chaos", "drip,status=503"], stderr=subprocess.PIPE, text=True)
    expect(ran.returncode == 2 and "choose one" in ran.stderr, f"{ran.returncode} {ran.stderr}")
    print("refuses a plan that means nothing")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", type=Path, required=True)
    options = parser.parse_args()
    assay = str(options.program.resolve() / "assay")
    with tempfile.TemporaryDirectory(prefix="assay-listen-") as made:
        stores(assay, Path(made))
    forwards(assay)
    plays(assay)
    refuses(assay)


if __name__ == "__main__":
    sys.exit(main())
