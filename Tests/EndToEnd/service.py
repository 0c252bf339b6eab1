"""One loquet process on a data directory of its own: start, keys, stop, kill.

Standard library only. Every wait has an end. Only processes started here are ended.
"""

import http.client
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FLOOR = {"LOQUET_HASHING_MEMORY_KIB": "19456", "LOQUET_HASHING_PASSES": "2"}


def binary():
    """The release build: LOQUET_BINARY, or where `swift build -c release` leaves it."""
    path = os.environ.get("LOQUET_BINARY") or os.path.join(ROOT, ".build", "release", "loquet")
    if not os.access(path, os.X_OK):
        sys.exit(f"{path} is missing: swift build -c release --product loquet")
    return path


def free_ports(count):
    """Ports that were free a moment ago, all different, and none that the system gives to a client's
    connection meanwhile."""
    with open("/proc/sys/net/ipv4/ip_local_port_range", encoding="ascii") as file:
        first_of_clients = int(file.read().split()[0])
    sockets = []
    while len(sockets) < count:
        one = socket.socket()
        try:
            one.bind(("127.0.0.1", random.randrange(10_000, first_of_clients)))
            sockets.append(one)
        except OSError:
            one.close()
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def clean_environment(extra=None):
    """Ours without any setting of whoever runs this, and with `extra`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LOQUET_")}
    return {**kept, **(extra or {})}


def run(*arguments, settings=None, stdin=b"", timeout=60):
    """One loquet command without a terminal; the finished process."""
    return subprocess.run(
        [binary(), *arguments], input=stdin, capture_output=True, timeout=timeout,
        env=clean_environment(settings))


class Service:
    def __init__(self, settings=None):
        self.folder = tempfile.mkdtemp(prefix="loquet-e2e-")
        self.data = os.path.join(self.folder, "data")
        self.port, self.metrics_port = free_ports(2)
        self.settings = {
            "LOQUET_DATA": self.data,
            "LOQUET_LISTEN": f"127.0.0.1:{self.port}",
            "LOQUET_METRICS_LISTEN": f"127.0.0.1:{self.metrics_port}",
            **(settings or {}),
        }
        self.log_path = os.path.join(self.folder, "log")
        self.process = None

    # Life

    def start(self):
        """Serves, or says why not within 60 s."""
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                [binary(), "serve"], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env=clean_environment(self.settings))
        end = time.monotonic() + 60
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise AssertionError(f"serve ended with {self.process.returncode}\n{self.log()}")
            if self.is_ready():
                return self
            time.sleep(0.02)
        raise AssertionError(f"serve is not ready after 60 s\n{self.log()}")

    def is_ready(self):
        try:
            return self.call("GET", "/readyz", timeout=5)[0] == 200
        except (OSError, http.client.HTTPException):
            return False

    def stop(self):
        """SIGTERM; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=30)
        self.process = None
        return code

    def kill(self):
        self.process.kill()
        self.process.wait(timeout=30)
        self.process = None

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if self.process is not None:
            self.kill()
        if kind is None:
            shutil.rmtree(self.folder)
        else:
            print(f"kept for a look: {self.folder}", file=sys.stderr)

    # What it left behind

    def log(self):
        with open(self.log_path, encoding="utf-8") as log:
            return log.read()

    def log_lines(self):
        return [json.loads(line) for line in self.log().splitlines()]

    def first_keys(self):
        """The text of the first-keys file."""
        with open(os.path.join(self.data, "first-keys"), encoding="utf-8") as file:
            return file.read()

    def keys(self):
        """(administrator key, application key)"""
        text = self.first_keys()
        return re.search(r"lqk_[\w-]{43}", text)[0], re.search(r"lqa_[\w-]{43}", text)[0]

    # What the kernel says of it

    def resident_kib(self):
        """The most that was ever resident since the process began."""
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
            return int(re.search(r"VmHWM:\s+(\d+) kB", status.read())[1])

    def descriptors(self):
        """Open ones but those of the database, whose readers are opened when first needed."""
        folder = f"/proc/{self.process.pid}/fd"
        count = 0
        for name in os.listdir(folder):
            try:
                count += "/loquet.sqlite" not in os.readlink(os.path.join(folder, name))
            except FileNotFoundError:
                pass  # Closed since it was listed.
        return count

    # Calls

    def call(self, method, path, body=None, key=None, headers=None, timeout=60):
        """(status, JSON or text) on a connection of its own."""
        return Client(self.port, timeout).call(method, path, body, key, headers, keep=False)

    def command(self, *arguments, stdin=b""):
        """A loquet command on this service's settings."""
        return run(*arguments, settings=self.settings, stdin=stdin)


class Client:
    """One connection, kept open between calls."""

    def __init__(self, port, timeout=60):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)

    def call(self, method, path, body=None, key=None, headers=None, keep=True):
        fields = dict(headers or {})
        if key:
            fields["Authorization"] = f"Bearer {key}"
        data = None
        if body is not None:
            fields["Content-Type"] = "application/json"
            data = json.dumps(body).encode()
        try:
            self.connection.request(method, path, data, fields)
            answer = self.connection.getresponse()
            content = answer.read()
        finally:
            if not keep:
                self.connection.close()
        if "json" in (answer.getheader("Content-Type") or ""):
            return answer.status, json.loads(content)
        return answer.status, content.decode()


def check(condition, *what):
    if not condition:
        raise AssertionError(" ".join(str(one) for one in what))
