"""Dispatch over HTTPS: on connections that are open, on new ones, and to hosts never called before."""
import contextlib
import resource

import bench_readings as readings
from bench_peers import BODY_BYTES, CONNECTIONS, Measured, Nginx, assay_bench, completed, free_port, rate, run
from bench_report import Fact, Reading, Row

HOSTS, OF_ONE_CERTIFICATE = 1_000, 50
AT_ONCE = 16  # deliveries on connections that are closed after each

SERVERS = """
  log_format resumed "$ssl_session_reused";
  ssl_certificate {directory}/0.pem;
  ssl_certificate_key {directory}/0.key;
  ssl_protocols TLSv1.3;
  ssl_session_cache off;
  server {{
    listen 127.0.0.1:{kept} ssl;
    location / {{ return 200; }}
  }}
  server {{
    listen 127.0.0.1:{closed} ssl;
    keepalive_timeout 0;
    access_log {directory}/resumed.log resumed;
    location / {{ return 200; }}
  }}
"""
COLD = """
  server {{
    ssl_certificate {directory}/{number}.pem;
    ssl_certificate_key {directory}/{number}.key;
    {listens}
    location / {{ return 200; }}
  }}
"""


def own_address(index):
    """As `assay bench --own-addresses` numbers its endpoints."""
    return f"127.1.{index // 256}.{index % 256}"


def configuration(directory, hosts, ports):
    """The servers, with certificates that speak for few hosts each, as those of the world do."""
    parts = [SERVERS.format(directory=directory, **ports)]
    bundle = ""
    for number, first in enumerate(range(0, hosts, OF_ONE_CERTIFICATE)):
        addresses = [own_address(index) for index in range(first, min(hosts, first + OF_ONE_CERTIFICATE))]
        names = ",".join(f"IP:{address}" for address in ["127.0.0.1"] * (number == 0) + addresses)
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-subj", f"/CN=assay-bench-{number}", "-addext", f"subjectAltName={names}",
            "-keyout", directory / f"{number}.key", "-out", directory / f"{number}.pem")
        bundle += (directory / f"{number}.pem").read_text()
        listen = "\n    ".join(f"listen {address}:{ports['cold']} ssl;" for address in addresses)
        parts.append(COLD.format(directory=directory, number=number, listens=listen))
    (directory / "authorities.pem").write_text(bundle)
    return "".join(parts)


class Https:
    """One nginx, plain and over TLS, and what goes to it."""

    def __init__(self, setting, nginx, directory, ports):
        self.setting, self.nginx, self.directory, self.ports = setting, nginx, directory, ports

    def load(self, url, count, *more):
        with self.nginx.counting(lambda: count):
            report = assay_bench(self.setting, url, "--ca-bundle", self.directory / "authorities.pem",
                                 "--bytes", BODY_BYTES, *more, count=count)
        return report

    def warm(self):
        return rate(self.load(f"https://127.0.0.1:{self.ports['kept']}/hook", self.setting.size(150_000),
                              "--in-flight", CONNECTIONS))

    def plain(self):
        return rate(self.load(self.nginx.url, self.setting.size(150_000), "--in-flight", CONNECTIONS))

    def resumed(self):
        log = self.directory / "resumed.log"
        log.write_text("")
        report = self.load(f"https://127.0.0.1:{self.ports['closed']}/hook", self.setting.size(4_000),
                           "--in-flight", AT_ONCE)
        lines = log.read_text().split()  # "r" where nginx took the session up again
        # Those that go out together at first have no session yet.
        if lines.count("r") < len(lines) - 2 * AT_ONCE or not lines:
            raise readings.Unreadable(f"{lines.count('r')} of {len(lines)} sessions were resumed")
        return Reading(report["per_second"], (f"{report['processor_us']:.0f} us of processor time each, "
                                              f"{lines.count('r'):,} of {len(lines):,} sessions resumed",))

    def cold(self):
        """Handshakes a second of one core: to each host one delivery, on its first connection."""
        hosts = self.setting.size(HOSTS)
        report = self.load(f"https://127.0.0.1:{self.ports['cold']}/hook", hosts, "--endpoints", hosts,
                           "--own-addresses", "--in-flight", 1)
        if report["connections"] != hosts:
            raise readings.Unreadable(f"{report['connections']} connections were opened to {hosts} hosts")
        return Reading(1e6 / report["processor_us"],
                       (f"{report['per_second']:,.0f} a second by the clock, nginx on the same cores",))

    def s_time(self):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        text = completed("openssl", "s_time", "-new", "-connect", f"{own_address(0)}:{self.ports['cold']}", "-time",
                         self.setting.seconds(2), "-CAfile", self.directory / "authorities.pem", "-verify", "1").stdout
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        count, seconds = readings.s_time(text)
        core = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
        return Reading(count / core, (f"one connection after the other: {count / seconds:,.0f} a second by the clock",))


@contextlib.contextmanager
def tls(setting):
    """The same load over HTTPS beside our own plain one; handshakes beside those of openssl."""
    directory = setting.room("tls")
    ports = {name: free_port() for name in ("kept", "closed", "cold")}
    with Nginx.started(directory, configuration(directory, setting.size(HOSTS), ports)) as nginx:
        https = Https(setting, nginx, directory, ports)
        yield [Measured(Row("tls", "dispatch over HTTPS, connections kept", "our plain rate", "a second", 0.70),
                        https.warm, https.plain),
               Measured(Fact("tls", "HTTPS, a new connection for each delivery, its session resumed", "a second"),
                        https.resumed),
               Measured(Row("tls", f"HTTPS, first delivery to {setting.size(HOSTS):,} hosts", "openssl s_time -new",
                            "a second of a core", 0.80), https.cold, https.s_time)]
