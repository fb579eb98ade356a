#!/usr/bin/env python3
"""The road of a batch before the reader's eyes: server, endpoint, receiver, manifest, webhook; and then what breaks.

Everything runs as processes of its own on this machine and in a throw-away directory. The receiver is
docs/examples/receive_resell_scan.py, written from the profile's guide and sharing no code with Assay.
"""
import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from road import ROOT, Road, RoadBlocked, until

COLOUR = sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def bold(text):
    return f"\x1b[1m{text}\x1b[0m" if COLOUR else text


def heading(text):
    print(f"\n{bold(text)}", flush=True)


def say(text):
    print(f"  {text}", flush=True)


def money(amount, currency):
    return f"{amount / 100:,.2f} {currency}"


def print_summary(demo, batch, seconds):
    total = batch["total_products"]
    say(f"{total:,} products in {seconds:.1f} s, upload and storage included: {total / seconds:,.0f} products/s")
    summary = batch["summary"] or {}
    lot = summary.get("lot") or {}
    if lot.get("net"):
        currency, net = lot["currency"], lot["net"]
        say(f"Lot value, net: {money(net['p50'], currency)} "
            f"(cautious {money(net['p10'], currency)}, lucky {money(net['p90'], currency)})")
        if lot.get("max_bid") is not None:
            say(f"Bid at most:    {money(lot['max_bid'], currency)}")
    verdicts = summary.get("by_verdict", {})
    if verdicts:
        say("Verdicts:       " + ", ".join(f"{count:,} {name}" for name, count in verdicts.items()))
    finds = []
    results = subprocess.Popen([demo.assay, "results", batch["id"]], env=demo.environment, stdout=subprocess.PIPE, text=True)
    for line in results.stdout:
        row = json.loads(line)
        channels = (row["result"] or {}).get("channels") or []
        if row["status"] == "completed" and row["result"]["verdict"]["decision"] == "buy" and channels:
            best = next((c for c in channels if c["channel"] == row["result"]["best_channel"]), channels[0])
            finds.append((best.get("profit_expected") or 0, row, row["result"]["price"]["currency"]))
    finds.sort(key=lambda find: -find[0])
    if finds:
        say("Best finds:")
        for profit, row, currency in finds[:5]:
            title = row["product_data"].get("title", row["product_id"])
            say(f"  {money(profit, currency):>14} expected profit   {title[:58]}")


def post(url, body, headers):
    request = urllib.request.Request(url, data=body, headers={"Content-Type": "application/json", **headers})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read().decode()


def show_main_job(demo, manifest):
    heading("1. A manifest goes in")
    say(f"assay submit --wait {manifest}")
    started = time.monotonic()
    submitted = subprocess.run([demo.assay, "submit", "--wait", "--json", str(manifest)], env=demo.environment,
                               stdout=subprocess.PIPE, text=True, check=False)
    seconds = time.monotonic() - started
    if submitted.returncode not in (0, 1) or not submitted.stdout.strip():
        raise RoadBlocked("the manifest was not accepted (see above)")
    batch = json.loads(submitted.stdout)

    heading("2. Verdicts come out")
    print_summary(demo, batch, seconds)

    heading("3. The signed webhook has arrived")
    row = until("the webhook", lambda: demo.webhooks(batch["id"]))[0]
    if not row["verified"]:
        raise RoadBlocked(f"the receiver could not verify it: {row['fault']}")
    say(f"event       {row['event']}  {row['id']}")
    say(f"signature   {row['signature'][:44]}...")
    data = row["data"]
    say(f"data        status {data['status']}, {data['successful_products']:,} of {data['total_products']:,} "
        f"successful, success_rate {data['success_rate']}")
    if data.get("products_omitted"):
        say(f"products    too many for one body: {data['results_url'].split('?')[0]}?...")
    else:
        say(f"products    all {row['products']:,} inside, {row['bytes']:,} bytes")
    say("verified by the receiver with the published recipe: yes")


def show_tampering(demo):
    heading("4. A tampered body is refused")
    small = demo.ask("submit", "--wait", str(demo.manifest(20, 7)))
    row = until("its webhook", lambda: demo.webhooks(small["id"]))[0]
    body = row["body"].encode()
    tampered = body.replace(b'"successful_products":', b'"successful_products":9', 1)
    for name, bytes_sent in (("the same bytes again", body), ("one digit added", tampered)):
        status, answer = post(demo.receiver_url, bytes_sent, {"X-Webhook-Signature": row["signature"]})
        say(f"{name:<22} -> {status} {answer}")
    check = subprocess.run([demo.assay, "verify", "--profile", "resell-scan", "--secret-file", str(demo.secret_file),
                            "--header", f"X-Webhook-Signature: {row['signature']}"], input=tampered,
                           stdout=subprocess.PIPE, env=demo.environment, check=False)
    say(f"assay verify           -> {check.stdout.decode().strip()}")
    if status != 401 or check.returncode != 1:
        raise RoadBlocked("a tampered body was taken for genuine")


def show_retry(demo):
    heading("5. A receiver that is unwell, then down, gets it later: same id, same bytes")
    demo.busy.touch()
    small = demo.ask("submit", "--wait", str(demo.manifest(50, 11)))
    first = until("the first attempt", lambda: demo.webhooks(small["id"]))[0]
    say(f"attempt {first['attempt']}: answered {first['status']}   id {first['id']}   sha256 {first['sha256'][:16]}...")
    demo.receiver.kill()
    demo.receiver.wait()
    demo.busy.unlink()
    refused = until("an attempt at a receiver that is gone", lambda: connection_failure(demo, first["id"]))
    say(f"attempt {refused['attempts']}: {refused['last_error']}   (its process is gone)")
    demo.start_receiver()
    last = until("the retry", lambda: [row for row in demo.webhooks(small["id"]) if row["status"] == 200])[-1]
    say(f"attempt {last['attempt']}: answered {last['status']}   id {last['id']}   sha256 {last['sha256'][:16]}...")
    if (first["id"], first["sha256"]) != (last["id"], last["sha256"]):
        raise RoadBlocked("the retry differs from the first attempt")
    say("(this endpoint retries every second or two; the profile's own schedule starts with 30 s)")


def connection_failure(demo, event):
    rows = demo.ask("webhooks", "deliveries", demo.endpoint)["data"]
    return next((row for row in rows if row["event_id"] == event and (row["last_error"] or "").startswith("connect")), None)


def beyond(demo, batch, percent):
    state = demo.get("/v1/batches/" + batch)
    return state if state["progress"] > percent else None


def show_crash(demo):
    heading("6. kill -9 in mid-batch loses nothing")
    for products in (30_000, 100_000):  # the larger one for machines that are too fast to be interrupted
        batch = demo.ask("submit", str(demo.manifest(products, 13)))
        state = until("progress", lambda: beyond(demo, batch["id"], 5), pause=0.005)
        if state["progress"] < 100:
            break
    else:
        raise RoadBlocked("this machine was too fast to be interrupted: the batch had ended")
    demo.server.send_signal(signal.SIGKILL)
    demo.server.wait()
    say(f"killed at {state['progress']} % ({state['product_counts']['completed']:,} products done)")
    started = time.monotonic()
    demo.start_server()
    say(f"started again in {(time.monotonic() - started) * 1000:.0f} ms on the same data")
    demo.run("watch", batch["id"], show=True)
    ended = demo.get("/v1/batches/" + batch["id"])
    rows = until("its webhook", lambda: demo.webhooks(batch["id"]))
    say(f"the batch is {ended['status']}: {ended['product_counts']['completed']:,} of {ended['total_products']:,} completed; "
        f"webhook {rows[-1]['id']} arrived and verified")
    if ended["product_counts"]["pending"] or not rows[-1]["verified"]:
        raise RoadBlocked("something was lost")


def main():
    parser = argparse.ArgumentParser(prog="tools/demo", description=__doc__)
    parser.add_argument("manifest", nargs="?", type=Path, help="your own manifest; default: 10,000 generated products")
    parser.add_argument("--keep", action="store_true", help="leave server, receiver and data running")
    parser.add_argument("--program", type=Path, default=ROOT / "build/release", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.manifest and not options.manifest.is_file():
        parser.error(f"{options.manifest} is no file")

    directory = Path(tempfile.mkdtemp(prefix="assay-demo-"))
    demo = Road(options.program.resolve(), directory)
    started = time.monotonic()
    try:
        demo.start_server()
        demo.start_receiver()
        endpoint = demo.ask("webhooks", "create", "--url", demo.receiver_url + "/hook", "--profile", "resell-scan",
                            "--events", "analysis.completed", "--retry", ",".join(["1s"] * 5 + ["2s"] * 15))
        demo.endpoint = endpoint["id"]
        demo.secret_file.touch(mode=0o600)
        demo.secret_file.write_text(endpoint["secret"])
        heading("0. A server, an endpoint, a receiver")
        say(f"server    {demo.server_url}, data in {demo.data}")
        say(f"receiver  {demo.receiver_url}, written from the resell-scan guide in Python")
        say(f"endpoint  {endpoint['id']}, profile resell-scan, event analysis.completed")
        show_main_job(demo, options.manifest or demo.manifest(10_000, 1))
        show_tampering(demo)
        show_retry(demo)
        show_crash(demo)
        heading(f"Done in {time.monotonic() - started:.0f} s.")
        if options.keep:
            say(f"still running: export ASSAY_SERVER={demo.server_url} ASSAY_API_KEY=$(cat {demo.data}/admin.key)")
            say(f"stop it with:  kill {demo.server.pid} {demo.receiver.pid}; rm -r {directory}")
            demo.server = demo.receiver = None
    except RoadBlocked as blocked:
        print(f"\ndemo: {blocked}", file=sys.stderr)
        return 1
    finally:
        demo.stop()
        if not options.keep:
            shutil.rmtree(directory, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
