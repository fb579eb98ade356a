"""Runs Assay's processes for the demo and for the end-to-end tests: server, receiver, commands, generated manifests."""
import json
import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RECEIVER = ROOT / "docs/examples/receive_resell_scan.py"
PATIENCE_SECONDS = 40


class RoadBlocked(Exception):
    """Something on the road did not happen; the text says what."""


def until(what, check, seconds=PATIENCE_SECONDS, pause=0.05):
    """Asks `check` until it answers something true. Raises RoadBlocked when that takes too long."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        answer = check()
        if answer:
            return answer
        time.sleep(pause)
    raise RoadBlocked(f"waited {seconds} s for {what}, in vain")


class Road:
    """One server with its data, one receiver, and the commands that talk to them."""

    def __init__(self, program, directory):
        self.assay = str(program / "assay")
        self.generate = str(program / "assay-generate")
        self.directory = directory
        self.data = directory / "data"
        self.received = directory / "received.ndjson"
        self.secret_file = directory / "secret.txt"
        self.busy = directory / "busy"
        self.environment = dict(os.environ, WEBHOOK_SECRET_FILE=str(self.secret_file))
        self.server = self.receiver = None
        self.server_url = self.receiver_url = None

    # --- processes ---
    def launch(self, command, log):
        with open(self.directory / log, "ab") as errors:
            return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, env=self.environment)

    def url_of(self, process, log):
        """Where a process listens, from its ready line."""
        line = process.stdout.readline()
        if not line:
            raise RoadBlocked(f"a process did not start:\n{(self.directory / log).read_text()[-2000:]}")
        return json.loads(line)["url"]

    def launch_server(self):
        """Starts the server and does not wait for it; always on the port that the first one found."""
        address = self.server_url.removeprefix("http://") if self.server_url else "127.0.0.1:0"
        self.server = self.launch([self.assay, "serve", "--data-dir", str(self.data), "--listen", address,
                                   "--allow-insecure-endpoints"], "server.log")

    def start_server(self):
        self.launch_server()
        self.server_url = self.url_of(self.server, "server.log")
        key = (self.data / "admin.key").read_text().strip()
        self.environment.update(ASSAY_SERVER=self.server_url, ASSAY_API_KEY=key)

    def start_receiver(self):
        port = self.receiver_url.rsplit(":", 1)[1] if self.receiver_url else "0"
        self.receiver = self.launch([sys.executable, str(RECEIVER), "--port", port, "--log", str(self.received),
                                     "--busy-file", str(self.busy)], "receiver.log")
        self.receiver_url = self.url_of(self.receiver, "receiver.log")

    def stop(self):
        for process in (self.server, self.receiver):
            if process and process.poll() is None:
                process.terminate()
                try:
                    process.wait(15)
                except subprocess.TimeoutExpired:
                    process.kill()

    def run(self, *arguments, show=False):
        """One command of assay; `show` leaves its progress on the terminal."""
        answer = subprocess.run([self.assay, *arguments], env=self.environment, stdout=subprocess.PIPE,
                                stderr=None if show else subprocess.PIPE, text=True, check=False)
        if answer.returncode not in (0, 1):
            raise RoadBlocked(f"assay {' '.join(arguments)}: {answer.stderr or answer.stdout}")
        return answer

    def ask(self, *arguments):
        answer = self.run(*arguments, "--json")
        if answer.returncode != 0:
            raise RoadBlocked(f"assay {' '.join(arguments)}: {answer.stderr}")
        return json.loads(answer.stdout)

    # --- what the receiver saw ---
    def webhooks(self, batch=None):
        if not self.received.exists():
            return []
        rows = [json.loads(line) for line in self.received.read_text().splitlines()]
        return [row for row in rows if batch is None or row.get("data", {}).get("batch_id") == batch]

    def manifest(self, rows, seed):
        """Generated products whose sold prices are recent today: older than 90 days, they would not count."""
        path = self.directory / f"manifest-{rows}-{seed}.ndjson"
        subprocess.run([self.generate, "--rows", str(rows), "--seed", str(seed), "--format", "ndjson",
                        "--comparables", "8", "--as-of", time.strftime("%Y-%m-%dT00:00:00Z", time.gmtime()),
                        "--out", str(path)], check=True, stdout=subprocess.DEVNULL)
        return path

    def get(self, path):
        request = urllib.request.Request(self.server_url + path,
                                         headers={"Authorization": f"Bearer {self.environment['ASSAY_API_KEY']}"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)
