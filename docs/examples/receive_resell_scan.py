#!/usr/bin/env python3
"""A receiver of `analysis.completed` webhooks in the resell-scan profile: Python's standard library alone.

It does what the profile's guide asks of a receiver: take the raw body, check the signature and the time before anything
is parsed, answer 2xx fast, and recognise repeats by the event's id. Each request is written as one line of JSON to
--log, so that other programs can watch.

    WEBHOOK_SECRET_FILE=secret.txt python3 receive_resell_scan.py --port 8090 --log received.ndjson

With --busy-file PATH it answers 503 as long as that file exists: a receiver that is having a bad day.
"""
import argparse
import hashlib
import hmac
import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TOLERANCE_SECONDS = 300


def secret():
    with open(os.environ["WEBHOOK_SECRET_FILE"], encoding="ascii") as file:
        return file.read().strip().encode()


def verify(raw_body, header, now):
    """The recipe: HMAC-SHA256 over "<t>.<raw body>" with the whole secret, in lower-case hex. None when it holds."""
    parts = [part.split("=", 1) for part in (header or "").split(",") if "=" in part]
    timestamp = next((value for name, value in parts if name == "t"), None)
    signatures = [value for name, value in parts if name == "v1"]
    if not timestamp or not timestamp.isdigit() or not signatures:
        return "signature header is missing or malformed"
    if abs(now - int(timestamp)) > TOLERANCE_SECONDS:
        return "timestamp is outside the tolerance"
    expected = hmac.new(secret(), timestamp.encode() + b"." + raw_body, hashlib.sha256).hexdigest()
    if not any(hmac.compare_digest(expected, signature) for signature in signatures):
        return "signature does not match"
    return None


def main():
    parser = argparse.ArgumentParser(description="Receive and verify resell-scan webhooks")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--log", default="-")
    parser.add_argument("--busy-file")
    options = parser.parse_args()
    log = sys.stdout if options.log == "-" else open(options.log, "a", encoding="utf-8", buffering=1)
    seen = set()

    class Receiver(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            raw_body = self.rfile.read(int(self.headers["Content-Length"]))
            fault = verify(raw_body, self.headers["X-Webhook-Signature"], time.time())
            busy = bool(options.busy_file and os.path.exists(options.busy_file))
            row = {"verified": fault is None, "fault": fault, "attempt": self.headers["X-Assay-Delivery-Attempt"],
                   "signature": self.headers["X-Webhook-Signature"],
                   "bytes": len(raw_body), "sha256": hashlib.sha256(raw_body).hexdigest()}
            if fault is None:
                event = json.loads(raw_body)
                row.update(id=event["id"], event=event["event"], repeat=event["id"] in seen,
                           data={name: value for name, value in event["data"].items() if name != "products"},
                           products=len(event["data"]["products"]))
                if not busy:
                    seen.add(event["id"])
                row["body"] = raw_body.decode() if len(raw_body) <= 1 << 21 else None
            row["status"] = 401 if fault else 503 if busy else 200
            print(json.dumps(row), file=log, flush=True)
            answer = (fault or "ok").encode()
            self.send_response(row["status"])
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", options.port), Receiver)
    print(json.dumps({"event": "ready", "url": f"http://127.0.0.1:{server.server_port}"}), flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
