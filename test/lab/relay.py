"""A mail relay: python3 relay.py ADDRESS PORT [CERTIFICATE KEY]. Prints each mail as a line of JSON.

It takes nobody called `unknown`, nobody called `later` for the time being, and, with a certificate, only who speaks TLS.
"""
import asyncio
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult


class Handler:
    async def handle_RCPT(self, server, dialogue, envelope, address, options):
        if address.startswith("unknown@"):
            return "550 5.1.1 no such user"
        if address.startswith("later@"):
            return "450 4.2.1 try later"
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server, dialogue, envelope):
        mail = {
            "hello": dialogue.host_name,
            "tls": dialogue.ssl is not None,
            "login": bool(dialogue.authenticated),
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "content": envelope.original_content.decode("utf-8"),
        }
        print(json.dumps(mail), flush=True)
        return "250 2.0.0 queued"


def login(server, dialogue, envelope, mechanism, data):
    # handled=False: the server answers.
    return AuthResult(success=data.login == b"user" and data.password == b"secret", handled=False)


async def main():
    address, port, *certificate = sys.argv[1:]
    options = {}
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        options = {"tls_context": context, "require_starttls": True, "authenticator": login, "auth_required": True}
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Handler(), **options), address, int(port))
    print('"ready"', flush=True)
    await server.serve_forever()


asyncio.run(main())
