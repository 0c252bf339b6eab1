"""A webhook's receiver over HTTPS, written from the README alone, as a process of its own.

    python3 receiver.py PORT FOLDER PUBLIC_KEY…

FOLDER holds cert.pem and key.pem. What was received is appended to FOLDER/received, one JSON object a
line, on disk before it is answered. A file FOLDER/answer holds the status to answer with and perhaps
headers, as {"status": 410, "headers": {}}; while there is FOLDER/die, the receiver kills itself right after
its next answer is on the wire, before anybody can have acted on it. With FOLDER/silent it takes a request
and never answers.
"""

import base64
import http.server
import json
import os
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import threading
import time

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from service import check, free_ports


def is_genuine(headers, body, public_keys, now):
    """What the README says a receiver does: time, then any signature by any key it knows."""
    sent = headers["webhook-id"], headers["webhook-timestamp"]
    if abs(now - int(sent[1])) > 300:
        return False
    signed = f"{sent[0]}.{sent[1]}.".encode() + body
    for signature in headers["webhook-signature"].split():
        version, _, text = signature.partition(",")
        for key in public_keys if version == "v1a" else []:
            try:
                Ed25519PublicKey.from_public_bytes(
                    base64.b64decode(key.removeprefix("whpk_"))).verify(
                        base64.b64decode(text), signed)
                return True
            except InvalidSignature:
                pass
    return False


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    folder = ""
    public_keys = []
    lock = threading.Lock()

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if os.path.exists(os.path.join(self.folder, "silent")):
            time.sleep(3600)
        status, headers = self.told()
        if not is_genuine(self.headers, body, self.public_keys, time.time()):
            status = 401
        if status < 300:
            self.keep(body)
        self.send_response(status)
        self.send_header("Content-Length", "0")
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.flush()
        if os.path.exists(os.path.join(self.folder, "die")):
            os.kill(os.getpid(), signal.SIGKILL)

    def told(self):
        try:
            with open(os.path.join(self.folder, "answer"), encoding="utf-8") as file:
                told = json.load(file)
            return told["status"], told.get("headers", {})
        except FileNotFoundError:
            return 204, {}

    def keep(self, body):
        with self.lock, open(os.path.join(self.folder, "received"), "ab") as file:
            file.write(body + b"\n")
            file.flush()
            os.fsync(file.fileno())

    def log_message(self, *_):
        pass


class Receiver:
    """The process, its certificate and what it received. Only what it started is ended."""

    def __init__(self, public_keys=()):
        self.folder = tempfile.mkdtemp(prefix="loquet-receiver-")
        self.port = free_ports(1)[0]
        self.public_keys = list(public_keys)
        self.process = None
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
             "-nodes", "-days", "2", "-subj", "/CN=receiver", "-addext",
             "subjectAltName=IP:127.0.0.1,DNS:localhost", "-keyout", self.path("key.pem"),
             "-out", self.path("cert.pem")],
            check=True, timeout=30, stderr=subprocess.DEVNULL)

    def path(self, name):
        return os.path.join(self.folder, name)

    def settings(self):
        return {
            "LOQUET_SINKS_WEBHOOK_URL": f"https://127.0.0.1:{self.port}/loquet",
            "LOQUET_SINKS_WEBHOOK_ALLOW_PRIVATE": "127.0.0.0/8",
            "LOQUET_SINKS_WEBHOOK_CA_FILE": self.path("cert.pem"),
        }

    def start(self):
        self.process = subprocess.Popen(
            [sys.executable, os.path.abspath(__file__), str(self.port), self.folder,
             *self.public_keys], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        check(self.process.stdout.readline() == b"ready\n", "the receiver does not start")
        return self

    def kill(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait(timeout=30)
            self.process.stdout.close()
            self.process = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()
        shutil.rmtree(self.folder)

    def is_alive(self):
        return self.process is not None and self.process.poll() is None

    def answer(self, status=204, **headers):
        with open(self.path("answer.new"), "w", encoding="utf-8") as file:
            json.dump({"status": status, "headers": headers}, file)
        os.replace(self.path("answer.new"), self.path("answer"))

    def flag(self, name, on):
        if on:
            with open(self.path(name), "w", encoding="ascii"):
                pass
        elif os.path.exists(self.path(name)):
            os.unlink(self.path(name))

    def received(self):
        """Events in the order of arrival. A line that was cut by a kill was never answered."""
        if not os.path.exists(self.path("received")):
            return []
        with open(self.path("received"), "rb") as file:
            lines = file.read().split(b"\n")
        events = []
        for line in lines[:-1]:
            try:
                events.append(json.loads(line))
            except ValueError:
                pass
        return events


def main():
    port, Handler.folder = int(sys.argv[1]), sys.argv[2]
    Handler.public_keys = sys.argv[3:]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(
        os.path.join(Handler.folder, "cert.pem"), os.path.join(Handler.folder, "key.pem"))
    http.server.ThreadingHTTPServer.allow_reuse_address = True
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    server.socket = context.wrap_socket(server.socket, server_side=True)
    print("ready", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
