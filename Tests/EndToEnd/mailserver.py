"""A mail server that takes everything and keeps it: one JSON object a line in a file.

    python3 mailserver.py MAILS [--certificate PEM --key PEM [--implicit]] [--user NAME --password TEXT]

Prints its port, then serves on loopback until its standard input ends. With a certificate it takes no
mail without TLS. What a recipient's name begins with decides about it: `refused` gets 550, `later` gets
451 the first time it is tried, `full` gets 552 after the text. Needs Debian's python3-aiosmtpd.
"""

import argparse
import asyncio
import json
import ssl
import sys
import warnings

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

# With implicit TLS there is no STARTTLS to require, which the library warns of.
warnings.simplefilter("ignore")


class Keeper:
    def __init__(self, path):
        self.path = path
        self.tried = set()

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("refused"):
            return "550 5.1.1 no such mailbox"
        if address.startswith("later") and address not in self.tried:
            self.tried.add(address)
            return "451 4.7.1 come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if envelope.rcpt_tos[0].startswith("full"):
            return "552 5.2.2 the mailbox is full"
        mail = {
            "from": envelope.mail_from, "to": envelope.rcpt_tos, "hello": session.host_name,
            "tls": session.ssl is not None or server.transport.get_extra_info("cipher") is not None,
            "user": session.auth_data.login.decode() if session.auth_data else None,
            "content": envelope.original_content.decode("utf-8"),
        }
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(json.dumps(mail) + "\n")
        return "250 OK"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("mails")
    for name in ("--certificate", "--key", "--user", "--password"):
        parser.add_argument(name)
    parser.add_argument("--implicit", action="store_true")
    parser.add_argument("--port", type=int, default=0)
    wanted = parser.parse_args()

    context = None
    if wanted.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(wanted.certificate, wanted.key)

    def authenticate(server, session, envelope, mechanism, data):
        is_right = isinstance(data, LoginPassword) and (data.login, data.password) == (
            wanted.user.encode(), wanted.password.encode())
        return AuthResult(success=is_right, auth_data=data, handled=False)

    options = {"timeout": 60}
    if context and not wanted.implicit:
        options |= {"tls_context": context, "require_starttls": True}
    if wanted.user:
        options |= {
            "authenticator": authenticate, "auth_required": True,
            "auth_require_tls": bool(context) and not wanted.implicit}
    keeper = Keeper(wanted.mails)

    async def serve():
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: SMTP(keeper, hostname="mail.example.com", enable_SMTPUTF8=True, **options),
            "127.0.0.1", wanted.port, ssl=context if wanted.implicit else None)
        print(server.sockets[0].getsockname()[1], flush=True)
        # Ends with whoever started this, however that ends.
        await loop.run_in_executor(None, sys.stdin.read)

    asyncio.run(serve())


if __name__ == "__main__":
    main()
