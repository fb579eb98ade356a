#!/usr/bin/env python3
"""Lets endpoints point at private addresses in every way there is, and holds that no connection ever reaches one.

Runs the real server in a network namespace of its own, where private, link-local and public addresses all lead to one
listener that knows by which address it was called, and where names are answered by this script: steady ones, mixed ones,
ones that change with every question, and one that moves between two connections. Literals, spellings,
redirects and edits are tried too. A second server, which is allowed one private block, shows that the listener sees
what reaches it.

    no_private_address.py --program build/dev

Needs root, `unshare` and `ip`; without them it is skipped.
"""
import argparse
import http.client
import ipaddress
import json
import os
import shutil
import socket
import socketserver
import struct
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
from road import RoadBlocked, until  # noqa: E402

SKIPPED = 77
PORT = 8080
PUBLIC = "93.184.215.14"  # leads nowhere but to the loopback device of the namespace
PRIVATE = ["10.9.8.7", "172.16.5.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "198.18.0.1"]
PRIVATE_6 = ["fd00::7", "fec0::7"]
ROUNDS = 3  # what fails is asked with rests of seconds in between
REBINDING = [f"rebind{number}.test" for number in range(8)]

STEADY = {"public.test": [PUBLIC], "ten.test": ["10.9.8.7"], "metadata.test": ["169.254.169.254"],
          "shared.test": ["100.64.0.1"], "mixed.test": [PUBLIC, "10.9.8.7"], "six.test": ["fd00::7"],
          "site.test": ["fec0::7"], "mapped.test": ["::ffff:10.9.8.7"], "nat64.test": ["64:ff9b::a09:807"],
          "sixto4.test": ["2002:a09:807::1"], "unspecified.test": ["0.0.0.0"], "moving.test": [PUBLIC]}
LITERALS = ["10.9.8.7", "169.254.169.254", "0x0a090807", "168364039", "012.011.010.007", "10.9.2055", "[fd00::7]",
            "[::ffff:10.9.8.7]", "[::10.9.8.7]", "[64:ff9b::a09:807]", "[2002:a09:807::1]", "10.9.8.7%2e", "ten.test@10.9.8.7"]


class Names(socketserver.ThreadingUDPServer):
    """A name server for A and AAAA; those of REBINDING are public and private in turn."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 53), self.Handler)
        self.table = dict(STEADY)
        self.turn = 0

    def addresses(self, name):
        if name in REBINDING:
            self.turn += 1
            return [PUBLIC if self.turn % 2 else "10.9.8.7"]
        return self.table.get(name, [])

    class Handler(socketserver.BaseRequestHandler):
        def handle(self):
            question, reply_to = self.request
            at, labels = 12, []
            while question[at]:
                labels.append(question[at + 1:at + 1 + question[at]].decode())
                at += question[at] + 1
            kind = struct.unpack(">H", question[at + 1:at + 3])[0]
            version = {1: 4, 28: 6}.get(kind)
            found = [ipaddress.ip_address(one) for one in self.server.addresses(".".join(labels).lower())]
            answers = b"".join(b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, 0, len(one.packed)) + one.packed
                               for one in found if one.version == version)
            count = sum(one.version == version for one in found)
            reply_to.sendto(question[:2] + struct.pack(">HHHHH", 0x8180, 1, count, 0, 0) + question[12:at + 5] + answers,
                            self.client_address)


class Listener(threading.Thread):
    """Answers on every address; remembers by which one it was called. Pooled connections live for three requests."""

    def __init__(self):
        super().__init__(daemon=True)
        self.reached = {}
        self.sockets = []
        for family, host in ((socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::")):
            one = socket.socket(family, socket.SOCK_STREAM)
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            one.bind((host, PORT))
            one.listen(128)
            self.sockets.append(one)
            threading.Thread(target=self.accept, args=(one,), daemon=True).start()

    def accept(self, listening):
        while True:
            connection, _ = listening.accept()
            host = connection.getsockname()[0]
            self.reached[host] = self.reached.get(host, 0) + 1
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    @staticmethod
    def serve(connection):
        reader = connection.makefile("rb")
        try:
            for _ in range(3):
                line = reader.readline()
                if not line:
                    break
                headers = http.client.parse_headers(reader)
                reader.read(int(headers.get("Content-Length", "0")))
                if b"/redirect" in line:
                    connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: http://10.9.8.7:8080/\r\nContent-Length: 0\r\n\r\n")
                else:
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
                if b"/once" in line:
                    break
        except OSError:
            pass
        connection.close()

    def private(self):
        return {host: count for host, count in self.reached.items() if host != PUBLIC and not host.startswith("127.")}


class Server:
    def __init__(self, program, directory, *options):
        self.log = open(directory / "server.log", "ab")
        self.process = subprocess.Popen([str(program / "assay"), "serve", "--data-dir", str(directory / "data"), "--listen",
                                         "127.0.0.1:0", "--allow-insecure-endpoints", *options],
                                        stdout=subprocess.PIPE, stderr=self.log)
        line = self.process.stdout.readline()
        if not line:
            raise RoadBlocked((directory / "server.log").read_text()[-2000:])
        self.port = int(json.loads(line)["url"].rsplit(":", 1)[1])
        self.key = (directory / "data/admin.key").read_text().strip()

    def call(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request(method, path, json.dumps(body) if body is not None else None,
                           {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read()
        return answer.status, json.loads(text) if text else {}

    def endpoint(self, url):
        return self.call("POST", "/v1/webhooks", {"url": url, "events": ["order.*"], "profile": "standard-webhooks",
                                                  "overrides": {"retry": {"delays_ms": [100, 200]}}})

    def publish(self, count):
        for number in range(count):
            status, answer = self.call("POST", "/v1/events", {"type": "order.created", "data": {"n": number}})
            if status != 202:
                raise RoadBlocked(f"publishing: {status} {answer}")

    def waiting(self):
        return self.call("GET", "/v1/deliveries?status=pending&limit=1")[1]["data"]

    def stop(self):
        self.process.terminate()
        self.process.wait(20)
        self.log.close()


def expect(good, what):
    if not good:
        raise RoadBlocked(what)


def attack(program, directory, names, listener):
    server = Server(program, directory)
    for literal in LITERALS:
        status, answer = server.endpoint(f"http://{literal}:{PORT}/")
        expect(status == 400, f"http://{literal}/ was accepted: {status} {answer}")
    ids = {}
    for name in [*STEADY, *REBINDING]:
        # What moves may keep no connection, or its last deliveries would rightly go where it was.
        status, answer = server.endpoint(f"http://{name}:{PORT}/{'once' if name == 'moving.test' else ''}")
        expect(status == 201, f"{name}: {status} {answer}")
        ids[name] = answer["id"]
    status, redirected = server.endpoint(f"http://public.test:{PORT}/redirect")
    expect(status == 201, redirected)
    status, edited = server.endpoint(f"http://public.test:{PORT}/edited")
    expect(status == 201, edited)
    server.publish(ROUNDS)
    for literal in LITERALS:
        status, answer = server.call("PATCH", f"/v1/webhooks/{edited['id']}", {"url": f"http://{literal}:{PORT}/"})
        expect(status == 400, f"an edit to http://{literal}/ was accepted: {status} {answer}")
    status, answer = server.call("PATCH", f"/v1/webhooks/{edited['id']}", {"url": f"http://ten.test:{PORT}/"})
    expect(status == 200, answer)
    names.table["moving.test"] = ["10.9.8.7"]
    server.publish(ROUNDS)
    until("all deliveries to end", lambda: not server.waiting(), 200, 1)

    expect(listener.reached.get(PUBLIC, 0) > 0, "the public address was never reached: the test shows nothing")
    expect(not listener.private(), f"private addresses were reached: {listener.private()}")
    for name in ("ten.test", "metadata.test", "shared.test", "mixed.test", "six.test", "site.test", "mapped.test",
                 "nat64.test", "sixto4.test", "unspecified.test", "moving.test"):
        status, page = server.call("GET", f"/v1/webhooks/{ids[name]}/deliveries?limit=1")
        status, last = server.call("GET", f"/v1/deliveries/{page['data'][0]['id']}")
        error = last["attempts"][-1]["error"]
        expect(error == "blocked", f"the last delivery to {name} ended with {error}, not blocked")
    status, page = server.call("GET", f"/v1/webhooks/{redirected['id']}/deliveries?limit=1")
    status, last = server.call("GET", f"/v1/deliveries/{page['data'][0]['id']}")
    expect(last["attempts"][-1]["status_code"] == 302, f"a redirect ended otherwise: {last['attempts'][-1]}")
    server.stop()


def control(program, directory, listener):
    server = Server(program, directory, "--allow-endpoint-cidr", "10.0.0.0/8")
    status, answer = server.endpoint(f"http://ten.test:{PORT}/")
    expect(status == 201, answer)
    server.publish(1)
    until("the allowed private address to be reached", lambda: listener.private(), 30)
    server.stop()


def inside(program):
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    for host in [PUBLIC, *PRIVATE]:
        subprocess.run(["ip", "addr", "add", f"{host}/32", "dev", "lo"], check=True)
    for host in PRIVATE_6:
        subprocess.run(["ip", "-6", "addr", "add", f"{host}/128", "dev", "lo", "nodad"], check=True)
    with tempfile.TemporaryDirectory() as temporary:
        directory = Path(temporary)
        (directory / "resolv.conf").write_text("nameserver 127.0.0.1\noptions timeout:1\n")
        subprocess.run(["mount", "--bind", str(directory / "resolv.conf"), "/etc/resolv.conf"], check=True)
        names, listener = Names(), Listener()
        threading.Thread(target=names.serve_forever, daemon=True).start()
        for part in ("attack", "control"):
            (directory / part).mkdir()
        started = time.monotonic()
        try:
            attack(program, directory / "attack", names, listener)
            control(program, directory / "control", listener)
        except RoadBlocked as blocked:
            print(f"FAILED: {blocked}")
            return 1
        finally:
            subprocess.run(["umount", "/etc/resolv.conf"], check=False)
        print(f"no private address was reached; public: {listener.reached.get(PUBLIC)} connections, "
              f"{len(LITERALS)} literals, {len(STEADY) + len(REBINDING)} names, {time.monotonic() - started:.1f} s")
        return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=Path, required=True, help="the build directory")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        return inside(options.program)
    if os.geteuid() != 0 or not shutil.which("unshare") or not shutil.which("ip"):
        print("skipped: needs root, unshare and ip")
        return SKIPPED
    if subprocess.run(["unshare", "-n", "-m", "true"], check=False).returncode != 0:
        print("skipped: no namespaces here")
        return SKIPPED
    return subprocess.run(["unshare", "-n", "-m", sys.executable, __file__, "--inside", "--program",
                           str(options.program.resolve())], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
