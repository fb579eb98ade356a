#!/usr/bin/env python3
"""Drives the built server in every profile and lets guides and libraries of others verify what arrives.

For each profile: a webhook, a sample of every event of its catalogue, and a batch where the profile hears of batches. Receivers follow the
published guides (guides.mjs) and, where there is one, verify with the npm package that they would use: stripe, standardwebhooks, svix,
@octokit/webhooks-methods. Tampered bodies must fail in both. A profile of the user's own is sent and verified like ours.

    profiles_road.py --program build/dev
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "tools"))
from road import Road, until  # noqa: E402

SKIPPED = 77  # ctest's SKIP_RETURN_CODE
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
LIBRARIES = {"standard-webhooks", "cloudevents", "svix", "resell-scan", "stripe", "github", "ztrace"}
GUIDES_ONLY = {"reusely", "sellapp", "resilientlink", "shopify"}
FOR_PEOPLE = {"discord", "email"}  # unsigned, to channels of their own: tests/notify/channels_test.cpp
OWN = {
    "name": "acme", "version": 1, "source": "a test", "envelope": "data_only", "content_type": "application/json",
    "signature": {"layout": "body_hex", "header": "X-Acme-Signature", "old_secret_last": True},
    "secret": "required", "headers": {"type": "X-Acme-Event"}, "success": "any_2xx", "response": "kept", "timeout_ms": 5000,
    "retry": {"delays_s": [1], "jitter_percent": 0, "honours_retry_after": False, "gone_disables": False},
    "events": [{"type": "lot.done", "of": ["batch.completed"], "data": "batch_summary"}], "accepts_published_types": False,
}


def expect(condition, what):
    if not condition:
        raise AssertionError(what)


class Receiver:
    def __init__(self):
        environment = dict(os.environ, SECRET=SECRET, LIBRARIES="1")
        self.process = subprocess.Popen(["node", str(HERE / "guides_receiver.mjs")], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True, env=environment)
        self.url = json.loads(self.process.stdout.readline())["url"]
        self.rows = []
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            self.rows.append(json.loads(line))

    def at(self, path):
        return [row for row in list(self.rows) if row["path"] == path]


class ProfilesRoad(Road):
    def launch_server(self):
        profiles = self.directory / "profiles"
        profiles.mkdir(exist_ok=True)
        (profiles / "acme.json").write_text(json.dumps(OWN))
        self.server = self.launch([self.assay, "serve", "--data-dir", str(self.data), "--listen", "127.0.0.1:0",
                                   "--allow-insecure-endpoints", "--profiles", str(profiles)], "server.log")


def check(row, profile):
    verdict = row["verdicts"][0]
    expect(verdict["signature_fault"] is None, f"{profile}: {verdict['signature_fault']} ({row['raw'][:200]})")
    expect(verdict["body_fault"] is None or '"cancelled":true' in row["raw"], f"{profile}: {verdict['body_fault']}")
    expect(not verdict.get("tampered_passes"), f"{profile}: the guide's receiver takes a tampered body")
    if profile in LIBRARIES:
        expect(verdict["library_fault"] is None, f"{profile}: its library says {verdict['library_fault']}")
        expect(not verdict["library_takes_tampered"], f"{profile}: its library takes a tampered body")


def check_profile(road, receiver, profile, types, secret_file):
    path = f"/{profile}/200/all"
    more = ["--store-id", "12"] if profile == "sellapp" else []
    webhook = road.ask("webhooks", "create", "--url", receiver.url + path, "--profile", profile, "--events", "*",
                       "--secret-file", str(secret_file), *more)
    for number, kind in enumerate(types, 1):
        road.ask("webhooks", "test", webhook["id"], "--type", kind)
        row = until(f"{kind} in {profile}", lambda: receiver.at(path)[number - 1:])[0]
        check(row, profile)
    return path


def check_own(road, receiver, secret_file):
    path = "/github/200/acme"  # no guide: what matters is the header below
    road.ask("webhooks", "create", "--url", receiver.url + path, "--profile", "acme", "--events", "*",
             "--secret-file", str(secret_file))
    road.ask("submit", "--wait", str(road.manifest(3, 1)))
    row = until("the webhook of our own profile", lambda: receiver.at(path))[0]
    expect(row["headers"]["x-acme-event"] == "lot.done", "another type")
    verify = [road.assay, "verify", "--profile", "acme", "--profiles", str(road.directory / "profiles"),
              "--secret-file", str(secret_file), "--header", "X-Acme-Signature: " + row["headers"]["x-acme-signature"]]
    good = subprocess.run(verify, input=row["raw"], text=True, capture_output=True)
    expect(good.returncode == 0, good.stdout + good.stderr)
    bad = subprocess.run(verify, input=row["raw"].replace("3", "4"), text=True, capture_output=True)
    expect(bad.returncode == 1, "a tampered body is taken")


def check_batch(road, receiver, paths):
    before = {profile: len(receiver.at(path)) for profile, path in paths.items()}
    batch = road.ask("submit", "--wait", str(road.manifest(20, 3)))
    for profile, path in paths.items():
        rows = until(f"the batch in {profile}",
                     lambda: [row for row in receiver.at(path)[before[profile]:] if batch["id"] in row["raw"]])
        for row in rows:
            check(row, profile)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", type=Path, required=True)
    options = parser.parse_args()
    needed = [HERE / "node_modules" / name for name in ("stripe", "standardwebhooks", "svix", "@octokit/webhooks-methods")]
    if not shutil.which("node") or not all(path.is_dir() for path in needed):
        print("skipped: Node.js with the packages of tests/e2e/package.json is not here (tools/test installs them)")
        return SKIPPED
    with tempfile.TemporaryDirectory(prefix="assay-profiles-") as directory:
        road = ProfilesRoad(options.program.resolve(), Path(directory))
        receiver = Receiver()
        try:
            road.start_server()
            secret_file = Path(directory) / "known.secret"
            secret_file.write_text(SECRET)
            types = {}
            for row in road.get("/v1/event_types")["data"]:
                types.setdefault(row["profile"], []).append(row["type"])
            own = types.pop("acme")
            expect(own == ["lot.done"], f"acme sends {own}")
            expect(set(types) == LIBRARIES | GUIDES_ONLY | FOR_PEOPLE, f"profiles: {sorted(types)}")
            for profile in FOR_PEOPLE:
                types.pop(profile)
            paths = {}
            for profile, kinds in types.items():
                paths[profile] = check_profile(road, receiver, profile, kinds, secret_file)
                print(f"{profile}: {len(kinds)} events verified by the guide's recipe"
                      + (" and its library" if profile in LIBRARIES else ""))
            check_batch(road, receiver, {profile: paths[profile] for profile in LIBRARIES})
            check_own(road, receiver, secret_file)
            print("a batch in every profile that hears of batches, and a profile of our own: verified")
            return 0
        except Exception:
            print((Path(directory) / "server.log").read_text()[-3000:])
            raise
        finally:
            road.stop()
            receiver.process.kill()


if __name__ == "__main__":
    sys.exit(main())
