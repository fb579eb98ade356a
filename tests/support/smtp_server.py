"""An SMTP server that tests deliver to: prints what arrives as JSON lines, ends when its input does.

usage: smtp_server.py DIRECTORY TLS USER PASSWORD     TLS: none, starttls or smtps; an empty USER needs no login
The first line is {"port": N}; DIRECTORY/cert.pem is its certificate, for 127.0.0.1.
A recipient "reply-452@..." is refused with that code; "once-451@..." gets it for its first mail's data.
"""
import asyncio
import json
import pathlib
import ssl
import subprocess
import sys

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

directory, mode, user, password = sys.argv[1:5]


def say(what):
    print(json.dumps(what), flush=True)


def certificate():
    certificate, key = pathlib.Path(directory, "cert.pem"), pathlib.Path(directory, "key.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-keyout", key, "-out", certificate, "-days", "1", "-subj", "/CN=mail",
                    "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


class Handler:
    def __init__(self):
        self.seen = set()

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("reply-"):
            return f"{address[6:9]} refused as asked"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        for address in envelope.rcpt_tos:
            if address.startswith("once-") and address not in self.seen:
                self.seen.add(address)
                return f"{address[5:8]} try again later"
        login = session.auth_data.login.decode() if session.auth_data else None
        say({"from": envelope.mail_from, "to": envelope.rcpt_tos, "data": envelope.content.decode(),
             "tls": session.ssl is not None or mode == "smtps", "login": login})
        return "250 stored"


def authenticate(server, session, envelope, mechanism, data):
    right = isinstance(data, LoginPassword) and data.login.decode() == user and data.password.decode() == password
    return AuthResult(success=right, handled=right, auth_data=data)


async def main():
    context = certificate() if mode != "none" else None
    handler = Handler()
    loop = asyncio.get_running_loop()

    def make():
        return SMTP(handler, tls_context=context if mode == "starttls" else None, require_starttls=mode == "starttls",
                    authenticator=authenticate if user else None, auth_required=bool(user),
                    auth_require_tls=mode == "starttls", loop=loop)

    server = await loop.create_server(make, "127.0.0.1", 0, ssl=context if mode == "smtps" else None)
    say({"port": server.sockets[0].getsockname()[1]})
    await loop.run_in_executor(None, sys.stdin.read)  # until whoever started it is gone
    server.close()


asyncio.run(main())
