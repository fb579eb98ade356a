#!/usr/bin/env python3
"""Plants secrets wherever a user can give one, makes deliveries succeed and fail, and looks for the secrets everywhere.

Planted: the secrets of webhooks (given, rotated, sent as a header), a custom header, the address of a Discord webhook, a login, the
master key, the secret of `assay listen` by option and by environment. Looked through: the server's log, its metrics and every answer
to a GET, refusals, the files of its store, what the commands print, the command line and environment of the processes, and what
`assay listen` keeps. A secret counts as found by its text and by its decoded bytes.

    no_secret_shown.py --program build/dev
"""
import argparse
import base64
import http.server
import json
import os
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
from road import Road, until  # noqa: E402


def expect(condition, what):
    if not condition:
        raise AssertionError(what)


def secret(word):
    """A secret in the form of ours whose text and whose bytes can be looked for."""
    return "whsec_" + base64.b64encode(f"canary-{word}-of-32-bytes".ljust(32, ".").encode()).decode()


GIVEN, ROTATED, VERBATIM, LISTENS, LISTENS_TOO = (secret(word) for word in ("given", "new", "plain", "ear", "env"))
HEADER = "Bearer canary-header-4f1c"
TOKEN = "canary-discord-token-9d2e"
MASTER = b"canary-master-key-of-32-bytes...".hex()
LOGIN = "canary-login-77"
QUERY = "canary-query-13"
# What no place may show.
NEVER = [GIVEN, ROTATED, VERBATIM, LISTENS, LISTENS_TOO, TOKEN, MASTER, LOGIN, QUERY]


def traces(word):
    yield word.encode()
    if word.startswith("whsec_"):
        yield word.removeprefix("whsec_").encode()
        yield base64.b64decode(word.removeprefix("whsec_"))
    if word == MASTER:
        yield bytes.fromhex(word)


def hold(what, text, words):
    """No trace of the words in the text."""
    data = text.encode() if isinstance(text, str) else text
    for word in words:
        for trace in traces(word):
            expect(trace not in data, f"{what} shows {word}: ...{data[max(0, data.find(trace) - 80):][:200]!r}")


class Receiver(http.server.BaseHTTPRequestHandler):
    """Answers with the status in the path; keeps what came."""
    got = []
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        Receiver.got.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
        words = [word for word in self.path.split("/") if word.isdigit() and len(word) == 3]
        self.send_response(int(words[0]) if words else 204)
        self.send_header("Location", "https://example.com/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class SecretRoad(Road):
    def launch_server(self):
        self.environment["ASSAY_MASTER_KEY"] = MASTER
        super().launch_server()

    def answer(self, method, path, body=None, key=None):
        """Whatever comes back: status line, headers and body as one text."""
        headers = {"Authorization": "Bearer " + (key or self.environment["ASSAY_API_KEY"]), "Content-Type": "application/json"}
        request = urllib.request.Request(self.server_url + path, method=method, headers=headers,
                                         data=None if body is None else json.dumps(body).encode())
        try:
            with urllib.request.urlopen(request, timeout=60) as reply:
                return reply.status, str(reply.headers) + reply.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, str(refused.headers) + refused.read().decode()


def file_with(road, text):
    path = road.directory / f"secret-{len(list(road.directory.iterdir()))}.txt"
    path.write_text(text + "\n")
    return str(path)


def make_webhooks(road, receiver):
    """By what becomes of their deliveries; all subscribe to everything."""
    given = file_with(road, GIVEN)
    retry = ["--retry", "1h", "--events", "*"]
    nobody = "http://127.0.0.1:9999"  # nothing listens there

    def create(*options):
        return road.ask("webhooks", "create", *options, *retry)["id"]

    made = {
        "succeeds": create("--url", receiver + "/200", "--header", f"Authorization: {HEADER}", "--secret-file", given),
        "fails": create("--url", receiver + "/500", "--header-file", file_with(road, f"Authorization: {HEADER}"), "--secret-file", given),
        "redirects": create("--url", receiver + "/302", "--secret-file", given),
        "connects": create("--url", nobody + "/x", "--secret-file", given),
        "verbatim": create("--url", receiver + "/500/v", "--profile", "resilientlink", "--secret-file", file_with(road, VERBATIM)),
        "two": create("--url", receiver + "/401", "--profile", "github", "--also-sign-with", "stripe", "--secret-file", given),
        "discord": create("--url-file", file_with(road, f"{receiver}/api/webhooks/42/{TOKEN}"), "--channel", "discord"),
        "discord_gone": create("--url", f"{nobody}/api/webhooks/42/{TOKEN}", "--channel", "discord"),
    }
    road.run("webhooks", "rotate", made["fails"], "--secret-file", file_with(road, ROTATED))
    return made


def refusals(road):
    """Answers that could repeat what they refuse."""
    yield road.answer("GET", "/v1/batches", key=LOGIN)
    yield road.answer("GET", f"/v1/batches?token={QUERY}")
    yield road.answer("GET", f"/v1/batches/6f1c8f0a-3c2e-4b47-9f0e-2a9f3c1d5e77/results?token={QUERY}")
    for body in ({"url": f"https://me:{LOGIN}@example.com/"}, {"url": "https://example.com/", "secret": GIVEN + "!"},
                 {"url": "https://example.com/", "secret": GIVEN, "events": ["no such"]},
                 {"url": "https://example.com/", "secret": GIVEN, "secrt": GIVEN},
                 {"url": f"https://example.com/api/webhooks/x/{TOKEN}", "channel": "discord"},
                 {"url": f"http://10.0.0.1/api/webhooks/42/{TOKEN}", "channel": "discord"},
                 {"url": "https://example.com/", "overrides": {"headers": {"X-A": HEADER + "\r\n"}}}):
        yield road.answer("POST", "/v1/webhooks", body)
    yield road.answer("PATCH", "/v1/webhooks/" + road.made["fails"], {"secret": GIVEN})
    yield road.answer("POST", f"/v1/webhooks/{road.made['fails']}/rotate_secret", {"secret": ROTATED})


def paths_of(road, delivery, batch):
    """Every GET of the API, with ids of things that are there."""
    ids = {"/v1/batches/": batch, "/v1/webhooks/": None, "/v1/deliveries/": delivery, "/v1/event_types/": "order.completed",
           "/v1/tenants/": "default"}
    for path, verbs in road.get("/openapi.json")["paths"].items():
        if "get" not in verbs:
            continue
        start = next((start for start in ids if path.startswith(start) and "{id}" in path), None)
        expect(start or "{" not in path, f"no id is known for {path}")
        values = road.made.values() if start == "/v1/webhooks/" else [ids.get(start)]
        for value in values:
            yield path.replace("{id}", value or "")
    yield "/"
    yield f"/v1/deliveries/{delivery}?include=request"


def deliver(road, receiver):
    """Deliveries of each fate, and one batch."""
    road.made = make_webhooks(road, receiver)
    for webhook in road.made.values():
        road.ask("webhooks", "test", webhook)
    batch = road.ask("submit", "--wait", str(road.manifest(3, 1)))["id"]

    def settled():
        rows = road.get("/v1/deliveries?limit=100")["data"]
        tried = {row["webhook_id"] for row in rows if row["attempts"] > 0}
        return rows if tried == set(road.made.values()) else None

    rows = until("an attempt at every webhook", settled)
    headers = [headers for _, headers in Receiver.got]
    expect(any(one.get("authorization") == HEADER for one in headers), "the custom header was not sent: nothing is proved")
    expect(any(one.get("x-resilientlink-signature") == VERBATIM for one in headers), "the secret as a header was not sent")
    expect(any(path.endswith(TOKEN) for path, _ in Receiver.got), "Discord's token was not used")
    return batch, rows


def check_answers(road, batch, rows):
    count = 0
    for path in [path for row in rows for path in paths_of(road, row["id"], batch)]:
        status, text = road.answer("GET", path)
        expect(status < 500, f"GET {path}: {status}")
        hold(f"GET {path}", text, NEVER)
        if "/webhooks" not in path:  # where its owner set it
            hold(f"GET {path}", text, [HEADER])
        count += 1
    for status, text in refusals(road):
        expect(status >= 400, f"{status} {text}")
        hold("a refusal", text.replace(QUERY, ""), NEVER)
    for row in rows:
        explained = road.run("deliveries", "explain", row["id"])
        hold("deliveries explain", explained.stdout + explained.stderr, NEVER + [HEADER])
    for command in (["webhooks", "list"], ["webhooks", "get", road.made["succeeds"]], ["deliveries", "list"], ["config", "show"]):
        said = road.run(*command)
        hold(" ".join(command), said.stdout + said.stderr, NEVER + [HEADER])
    print(f"{count} answers to GET, the refusals and the commands' reports show no secret")


def check_process(what, process, words):
    for name in ("cmdline", "environ"):
        hold(f"{name} of {what}", Path(f"/proc/{process.pid}/{name}").read_bytes(), words)


def check_files(road):
    files = [path for path in road.data.rglob("*") if path.is_file()]
    expect(any(path.stat().st_size > 4096 for path in files), "there is no store to look through")
    for path in files:
        hold(f"{path.name}", path.read_bytes(), NEVER + [HEADER])
    hold("the log", (road.directory / "server.log").read_bytes(), NEVER + [HEADER])
    print(f"{len(files)} files of the store and the log show no secret")


def check_listen(road):
    """What the receivers' side shows: its process, what it prints and what it keeps."""
    for words, environment in ((["--secret", LISTENS], {}), (["--secret=" + LISTENS], {}), ([], {"ASSAY_WEBHOOK_SECRET": LISTENS_TOO})):
        store = road.directory / "kept.ndjson"
        store.unlink(missing_ok=True)
        text = LISTENS_TOO if environment else LISTENS
        listener = subprocess.Popen([road.assay, "listen", "--json", "--profile", "resilientlink", "--store", str(store), *words],
                                    stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ, **environment))
        try:
            url = json.loads(listener.stdout.readline())["url"]
            check_process("assay listen", listener, NEVER)
            request = urllib.request.Request(url + "/hook", method="POST", data=b'{"event":"scrape.completed"}',
                                             headers={"X-ResilientLink-Signature": text, "X-Of-Theirs": "kept"})
            with urllib.request.urlopen(request, timeout=60) as answer:
                expect(answer.status == 200, "a valid one is refused")
            row = listener.stdout.readline()
        finally:
            listener.terminate()
            printed, said = listener.communicate(timeout=60)
        expect(json.loads(row)["verified"] is True, row)
        expect(json.loads(row)["headers"]["X-Of-Theirs"] == "kept", row)
        expect(store.stat().st_mode & 0o777 == 0o600, f"{store} has mode {store.stat().st_mode:o}")
        expect(store.read_text() == row, "what is kept is not what is shown")
        hold("assay listen", row + printed + said, NEVER)
    print("assay listen verifies a secret that neither its process nor its files show")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", type=Path, required=True)
    options = parser.parse_args()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory(prefix="assay-secrets-") as directory:
        road = SecretRoad(options.program.resolve(), Path(directory))
        try:
            road.start_server()
            check_process("assay serve", road.server, NEVER)
            batch, rows = deliver(road, f"http://127.0.0.1:{server.server_port}")
            check_answers(road, batch, rows)
            check_files(road)  # with its write-ahead log
            road.stop()
            check_files(road)
            check_listen(road)
        except Exception:
            print((Path(directory) / "server.log").read_text()[-2000:])
            raise
        finally:
            road.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
