"""What clients were told of their accounts, and what may therefore be true after a crash.

Only one thread works on an account, one call at a time. A call that was answered happened, or did
not, as the answer says. A call whose answer never came is pending: it happened wholly or not at all,
and `settle` finds out which by asking the service.
"""

from service import check


class Account:
    def __init__(self, number):
        self.email = f"person-{number}@example.com"
        self.client = {"ip": f"10.{number >> 8 & 255}.{number & 255}.1"}
        self.number = number
        self.id = None
        self.password = self.new_password()
        self.state = "none"  # none, active, closed
        self.live = []  # tokens that must be active
        self.dead = []  # tokens that must not
        self.pending = None  # ("register",) ("change", new password, token) ("close",) ("end", token)
        self.events = {"registered": 0, "password_changed": 0, "closed": 0}

    def new_password(self, generation=0):
        return f"Une-Mule-{self.number}-{generation}!"

    # What each acknowledged or found-out call means

    def registered(self, account_id):
        self.id = account_id
        self.state = "active"
        self.events["registered"] += 1

    def changed(self, password, token):
        """Every session but the one that changed it has ended."""
        self.password = password
        self.dead += [one for one in self.live if one != token]
        self.live = [token]
        self.events["password_changed"] += 1

    def closed(self):
        self.state = "closed"
        self.dead += self.live
        self.live = []
        self.events["closed"] += 1

    def ended(self, token):
        self.live.remove(token)
        self.dead.append(token)

    # After a crash

    def sign_in(self, service, key, password):
        """The answer's status; 401 and 201 are the only ones there may be."""
        status, found = service.call("POST", "/v1/sessions", key=key, body={
            "email": self.email, "password": password, "client": self.client})
        check(status in (201, 401), self.email, "sign-in answered", status, found)
        if status == 201:
            check(self.id in (None, found["account"]["id"]), self.email, "is another account")
            self.id = found["account"]["id"]
        return status

    def is_active(self, service, key, token):
        status, found = service.call(
            "POST", "/v1/sessions/introspect", key=key, body={"token": token})
        check(status == 200, "introspection answered", status, found)
        return found["active"]

    def settle(self, service, key):
        """Finds out whether the pending call happened. Exactly one of the two must be true."""
        pending, self.pending = self.pending, None
        if pending is None:
            return
        if pending[0] == "register":
            if self.sign_in(service, key, self.password) == 201:
                self.registered(self.id)
        elif pending[0] == "change":
            if self.sign_in(service, key, pending[1]) == 201:
                self.changed(pending[1], pending[2])
        elif pending[0] == "close":
            if self.sign_in(service, key, self.password) == 401:
                self.closed()
        elif not self.is_active(service, key, pending[1]):
            self.ended(pending[1])

    def verify(self, service, key):
        """Everything that was acknowledged is still so."""
        if self.state == "none":
            return
        if self.state == "closed":
            check(self.sign_in(service, key, self.password) == 401, self.email, "is open again")
            status, _ = service.call("POST", "/v1/accounts", key=key, body={
                "email": self.email, "password": self.password, "client": self.client})
            check(status == 409, self.email, "is free again:", status)
        else:
            status = self.sign_in(service, key, self.password)
            check(status == 201, self.email, "cannot sign in any more:", status)
        for token in self.live:
            check(self.is_active(service, key, token), self.email, "lost a session")
        for token in self.dead:
            check(not self.is_active(service, key, token), self.email, "has a dead session back")
