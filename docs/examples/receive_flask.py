"""A receiver with Flask: the raw body is verified, recognised, answered.

    pip install flask
    PROFILE=resell-scan WEBHOOK_SECRET=whsec_... python3 receive_flask.py 8090
"""
import json
import os
import sys

from flask import Flask, request
from werkzeug.serving import make_server

from verify import VERIFIERS

app = Flask(__name__)
verify = VERIFIERS[os.environ.get("PROFILE", "standard-webhooks")]
seen = set()  # the table of seen_ids.sql in real life


@app.post("/hook")
def hook():
    raw = request.get_data()  # not request.get_json()
    try:
        identifier = verify(raw, request.headers, os.environ["WEBHOOK_SECRET"])
    except (ValueError, KeyError, TypeError) as fault:
        return str(fault), 401
    repeat = identifier in seen
    seen.add(identifier)
    # Store or queue the event here; the work itself comes after the answer.
    return "seen before" if repeat else "ok"


if __name__ == "__main__":
    server = make_server("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 0, app)
    print(json.dumps({"event": "ready", "url": f"http://127.0.0.1:{server.server_port}/hook"}), flush=True)
    server.serve_forever()
