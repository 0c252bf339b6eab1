"""A throw-away PostgreSQL server, and two loquet nodes on it.

Standard library only. The server is reached over a Unix socket in a temporary directory. Every wait
has an end. Only processes started here are ended.
"""

import contextlib
import glob
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from service import FLOOR, Service, check

USER = "loquet"


def server_programs():
    """The folder of the newest server's programs."""
    folders = glob.glob("/usr/lib/postgresql/*/bin") + ["/usr/local/pgsql/bin"]
    whole = [one for one in folders if all(
        os.access(os.path.join(one, name), os.X_OK) for name in ("initdb", "postgres", "psql"))]
    if not whole:
        sys.exit("initdb, postgres and psql are missing: config/setup --servers")
    return max(whole, key=lambda path: [int(part) for part in path.split("/") if part.isdigit()])


class Postgres:
    """A cluster of its own, run as the user `postgres` when this is root: the server refuses root."""

    def __init__(self, standby=False):
        """A standby waits for a primary that never speaks: it only answers reads."""
        self.programs = server_programs()
        self.folder = tempfile.mkdtemp(prefix="loquet-postgres-")
        self.log_path = os.path.join(self.folder, "log")
        self.process = None
        self.who = {}
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
            self.who = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
        data = os.path.join(self.folder, "data")
        subprocess.run(
            [os.path.join(self.programs, "initdb"), "--pgdata", data, "--username", USER,
             "--auth", "trust", "--no-sync", "--encoding", "UTF8", "--locale", "C.UTF-8"],
            check=True, timeout=120, cwd="/", stdout=subprocess.DEVNULL, **self.who)
        if standby:
            with open(os.path.join(data, "standby.signal"), "w", encoding="ascii"):
                pass
        self.command = [
            os.path.join(self.programs, "postgres"), "-D", data, "-c", "listen_addresses=",
            "-c", f"unix_socket_directories={self.folder}", "-c", "max_connections=100"]

    def storage(self, database="postgres", user=USER):
        """The `storage` setting of a node."""
        return f"postgresql:///{database}?host={self.folder}&user={user}"

    # Life

    def start(self):
        """Until it answers, 60 s at most. A session of its own keeps the terminal's Ctrl-C away."""
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/",
                start_new_session=True, **self.who)
        end = time.monotonic() + 60
        while time.monotonic() < end:
            if self.process.poll() is not None:
                break
            if self.psql("SELECT 1").returncode == 0:
                return self
            time.sleep(0.05)
        with open(self.log_path, encoding="utf-8") as log:
            raise AssertionError(f"PostgreSQL does not answer\n{log.read()}")

    def crash(self):
        """An immediate shutdown: no checkpoint, connections cut, recovery at the next start."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(timeout=30)
        self.process = None

    def pause(self):
        """Stops every process of the server where it stands. Connections stay open and silent."""
        self.process.send_signal(signal.SIGSTOP)
        self.signal_children(signal.SIGSTOP)

    def resume(self):
        self.signal_children(signal.SIGCONT)
        self.process.send_signal(signal.SIGCONT)

    def signal_children(self, number):
        for child in self.children():
            with contextlib.suppress(ProcessLookupError):  # Ended since it was listed.
                os.kill(child, number)

    def children(self):
        """The server's processes but the first, which makes and so owns all the others."""
        found = []
        for stat in glob.glob("/proc/[0-9]*/stat"):
            try:
                with open(stat, encoding="utf-8", errors="replace") as file:
                    pid, rest = file.read().split(" (", 1)
            except OSError:
                continue  # Ended since it was listed.
            if int(rest.rpartition(") ")[2].split()[1]) == self.process.pid:
                found.append(int(pid))
        return found

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process is not None:
            self.resume()
            self.crash()
        shutil.rmtree(self.folder)

    # Questions

    def psql(self, text, database="postgres"):
        return subprocess.run(
            [os.path.join(self.programs, "psql"), "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1",
             "-h", self.folder, "-U", USER, "-d", database, "-c", text],
            capture_output=True, timeout=30, check=False)

    def ask(self, text, database="postgres"):
        """The rows' text of one statement."""
        done = self.psql(text, database)
        check(done.returncode == 0, text, done.stderr.decode())
        return done.stdout.decode().strip()


def copy_keys(giver, taker):
    """Gives a node the keys of another. Folders stay 0700 and files 0600, or they are refused."""
    os.makedirs(taker.data, mode=0o700, exist_ok=True)
    shutil.copytree(
        os.path.join(giver.data, "keys"), os.path.join(taker.data, "keys"), dirs_exist_ok=True)


class Cluster:
    """PostgreSQL and two nodes on one database. The first node makes the keys."""

    def __init__(self, database="loquet", settings=None):
        self.stack = contextlib.ExitStack()
        self.database = database
        with contextlib.ExitStack() as begun:
            self.postgres = begun.enter_context(Postgres())
            on_postgres = {
                **FLOOR, "LOQUET_STORAGE": self.postgres.storage(database), **(settings or {})}
            self.first, self.second = self.nodes = [
                begun.enter_context(Service(on_postgres)) for _ in range(2)]
            self.stack = begun.pop_all()

    def start(self):
        self.postgres.start()
        self.postgres.ask(f"CREATE DATABASE {self.database}")
        self.first.start()
        copy_keys(self.first, self.second)
        self.second.start()
        return self

    def keys(self):
        """(administrator key, application key): good on every node."""
        return self.first.keys()

    def ask(self, text):
        return self.postgres.ask(text, self.database)

    def wait_until_ready(self, seconds=20):
        """Both nodes, without a restart. How long it took."""
        start = time.monotonic()
        while not all(node.is_ready() for node in self.nodes):
            check(time.monotonic() - start < seconds, "a node is not ready after", seconds, "s")
            time.sleep(0.02)
        return time.monotonic() - start

    def __enter__(self):
        return self

    def __exit__(self, *what):
        return self.stack.__exit__(*what)
