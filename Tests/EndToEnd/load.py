"""Clients that work until the service is gone, and what they were told.

Each writer works on accounts of its own, one call at a time, so that what is true of an account
after a crash can be said exactly; see model.py.
"""

import collections
import http.client
import json
import random
import threading
import time

from model import Account
from service import Client, check

LEASE = "/v1/admin/incident-queue/pull/lease"
ACK = "/v1/admin/incident-queue/pull/ack"
GONE = (OSError, http.client.HTTPException)


class Unavailable(Exception):
    """The database was lost during the call: it happened or not, and nobody can say now."""


class Writer(threading.Thread):
    """Works on accounts of its own until the service is gone or the load is over."""

    def __init__(self, world, service, seed):
        super().__init__()
        self.world = world
        self.service = service
        self.random = random.Random(seed)
        self.accounts = []
        self.acknowledged = 0
        self.failure = None

    def run(self):
        client = Client(self.service.port)
        try:
            while not self.world.over.is_set():
                try:
                    self.step(client)
                except Unavailable:
                    time.sleep(0.25)
        except GONE:
            pass  # The call under way stays pending in its account.
        except Exception as error:  # Told to the main thread, which fails.
            self.failure = error
        finally:
            client.connection.close()

    def step(self, client):
        active = [
            one for one in self.accounts if one.state == "active" and one.pending is None]
        if not active or self.random.random() < 0.25:
            account = self.world.new_account()
            self.accounts.append(account)
            self.register(client, account)
            return
        account = self.random.choice(active)
        if not account.live:
            self.sign_in(client, account)
            return
        steps = [self.sign_in, self.change, self.end, self.close]
        self.random.choices(steps, [4, 3, 1, 1])[0](client, account)

    def call(self, client, wanted, method, path, body, key):
        """The answer when it is as wanted; `None` when the service was too busy to do anything."""
        status, found = client.call(method, path, body, key)
        check(status in (wanted, 503), method, path, "answered", status, found)
        if status == 503 and found["code"] == "unavailable":
            raise Unavailable
        self.acknowledged += status == wanted
        return found if status == wanted else None

    def register(self, client, account):
        account.pending = ("register",)
        found = self.call(client, 201, "POST", "/v1/accounts", {
            "email": account.email, "password": account.password, "client": account.client,
        }, self.world.app)
        if found:
            account.registered(found["account"]["id"])
        account.pending = None

    def sign_in(self, client, account):
        # A session that was opened and never told of is nobody's: nothing is pending.
        found = self.call(client, 201, "POST", "/v1/sessions", {
            "email": account.email, "password": account.password, "client": account.client,
        }, self.world.app)
        if found:
            account.live.append(found["session"]["token"])

    def change(self, client, account):
        token = self.random.choice(account.live)
        password = account.new_password(account.events["password_changed"] + 1)
        account.pending = ("change", password, token)
        found = self.call(client, 204, "PUT", "/v1/account/password", {
            "current_password": account.password, "new_password": password,
            "client": account.client}, token)
        if found is not None:
            account.changed(password, token)
        account.pending = None

    def end(self, client, account):
        token = self.random.choice(account.live)
        account.pending = ("end", token)
        if self.call(client, 204, "DELETE", "/v1/sessions/current", None, token) is not None:
            account.ended(token)
        account.pending = None

    def close(self, client, account):
        account.pending = ("close",)
        found = self.call(client, 200, "POST", "/v1/account/closure", {
            "password": account.password, "client": account.client}, account.live[0])
        if found:
            account.closed()
        account.pending = None


class Consumer(threading.Thread):
    """Leases events and acknowledges most of them, as long as a writer works."""

    def __init__(self, world, service, seed):
        super().__init__()
        self.world = world
        self.service = service
        self.random = random.Random(seed)
        self.failure = None

    def run(self):
        client = Client(self.service.port)
        try:
            while not self.world.over.is_set():
                self.world.fetch(client, self.random.random() < 0.7)
                time.sleep(0.02)
        except GONE:
            pass
        except Exception as error:
            self.failure = error
        finally:
            client.connection.close()


class World:
    def __init__(self, service):
        """With several services on one database, any of them."""
        self.service = service
        self.over = threading.Event()
        self.admin, self.app = service.keys()
        self.lock = threading.Lock()
        self.count = 0
        self.accounts = []
        self.events = {}  # id: event, whatever was leased at least once
        self.acknowledged = set()  # ids whose ack was answered 204
        self.repeats = 0

    def new_account(self):
        with self.lock:
            self.count += 1
            self.accounts.append(Account(self.count))
            return self.accounts[-1]

    def fetch(self, client, acknowledges):
        """One lease of 1 s, and its ack. How many came."""
        status, found = client.call("POST", LEASE, {"max": 20, "lease_seconds": 1}, self.admin)
        if status == 503:
            return 0  # What was leased all the same comes again.
        check(status == 200, "lease answered", status, found)
        deliveries = found["deliveries"]
        for delivery in deliveries:
            event = delivery["event"]
            known = self.events.setdefault(event["id"], event)
            check(known == event, "one id, two events:", known, event)
            check(event["id"] not in self.acknowledged, "delivered after its ack:", event["id"])
            self.repeats += delivery["attempt"] > 1
        if deliveries and acknowledges:
            tokens = [one["lease_token"] for one in deliveries]
            status, found = client.call("POST", ACK, {"lease_tokens": tokens}, self.admin)
            check(status in (204, 409, 503), "ack answered", status, found)
            if status == 503:
                return len(deliveries)  # Acknowledged or not.
            stale = set(found["stale"]) if status == 409 else set()
            self.acknowledged.update(
                one["event"]["id"] for one in deliveries if one["lease_token"] not in stale)
        return len(deliveries)

    def drain(self):
        """Until nothing is left, waiting for leases that died with their holder; 60 s at most."""
        client = Client(self.service.port)
        end = time.monotonic() + 60
        while time.monotonic() < end:
            if self.fetch(client, True) == 0:
                findings = self.doctor()
                if findings["queue"]["detail"] == "0 events wait":
                    return
                time.sleep(0.2)
        raise AssertionError("the queue is not empty after 60 s")

    def doctor(self):
        done = self.service.command("doctor", "--json")
        findings = {one["check"]: one for one in json.loads(done.stdout)}
        check(done.returncode == 0 and findings["integrity"]["verdict"] == "ok", findings)
        return findings

    def compare_events(self):
        """Each change that happened has one event, and no event is about what did not."""
        told = collections.Counter(
            (event["subject"], event["type"].split(".")[2]) for event in self.events.values()
            if event["type"].startswith("loquet.account."))
        done = collections.Counter({
            (f"account/{one.id}", kind): count
            for one in self.accounts for kind, count in one.events.items() if count})
        check(told == done, "missing:", done - told, "without a cause:", told - done)
        sequences = [event["sequence"] for event in self.events.values()]
        check(len(set(sequences)) == len(sequences), "two events with one sequence")
