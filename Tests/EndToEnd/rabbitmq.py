"""A throw-away RabbitMQ server on loopback, with a certificate, a vhost and a user of its own.

Files are in a temporary directory and the name server (epmd) is its own too, so that nothing of the
machine's is touched. Every wait has an end. Only processes started here are ended.
"""

import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import warnings

from service import check, free_ports

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import pika

SERVER = "/usr/lib/rabbitmq/bin/rabbitmq-server"
CONTROL = "/usr/lib/rabbitmq/bin/rabbitmqctl"
USER, PASSWORD, VHOST, QUEUE = "loquet", "Un-Lapin-1815", "events/1", "loquet.events"


class RabbitMQ:
    def __init__(self):
        if not os.access(SERVER, os.X_OK):
            sys.exit(f"{SERVER} is missing: config/setup --servers")
        self.folder = tempfile.mkdtemp(prefix="loquet-rabbitmq-")
        self.port, self.tls_port, self.dist_port, self.epmd_port = free_ports(4)
        self.process = None
        self.epmd = None
        self.was_killed = False
        self.who = {}
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
             "-nodes", "-days", "2", "-subj", "/CN=broker", "-addext",
             "subjectAltName=IP:127.0.0.1,DNS:localhost", "-keyout", self.path("key.pem"),
             "-out", self.path("cert.pem")],
            check=True, timeout=30, stderr=subprocess.DEVNULL)
        self.write("password", PASSWORD + "\n")
        self.write("enabled_plugins", "[].\n")
        self.write("definitions.json", json.dumps({
            "users": [{"name": USER, "password": PASSWORD, "tags": []}],
            "vhosts": [{"name": VHOST}],
            "permissions": [{
                "user": USER, "vhost": VHOST, "configure": ".*", "write": ".*", "read": ".*"}],
        }))
        self.write("rabbitmq.conf", "\n".join([
            f"listeners.tcp.1 = 127.0.0.1:{self.port}",
            f"listeners.ssl.1 = 127.0.0.1:{self.tls_port}",
            f"ssl_options.certfile = {self.path('cert.pem')}",
            f"ssl_options.keyfile = {self.path('key.pem')}",
            "ssl_options.verify = verify_none",
            f"load_definitions = {self.path('definitions.json')}",
            "log.console = true", "log.file = false", ""]))
        if os.geteuid() == 0:
            owner = pwd.getpwnam("rabbitmq")
            self.who = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
            for name in [self.folder, *(self.path(one) for one in os.listdir(self.folder))]:
                os.chown(name, owner.pw_uid, owner.pw_gid)
            # The service reads these two and is not that user.
            for name in ("password", "cert.pem"):
                os.chown(self.path(name), 0, 0)
            os.chmod(self.path("cert.pem"), 0o644)
            os.chmod(self.folder, 0o755)

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(self.path(name), 0o600)

    def settings(self):
        """Of a node, over TLS."""
        return {
            "LOQUET_SINKS_AMQP_URL":
                f"amqps://{USER}@localhost:{self.tls_port}/{VHOST.replace('/', '%2F')}",
            "LOQUET_SINKS_AMQP_PASSWORD_FILE": self.path("password"),
            "LOQUET_SINKS_AMQP_CA_FILE": self.path("cert.pem"),
        }

    def environment(self):
        return {
            "PATH": os.environ["PATH"], "HOME": self.folder, "LANG": "C.UTF-8",
            "ERL_EPMD_PORT": str(self.epmd_port), "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": f"loquet{self.port}@localhost",
            "RABBITMQ_DIST_PORT": str(self.dist_port),
            "RABBITMQ_MNESIA_BASE": self.path("mnesia"),
            "RABBITMQ_LOG_BASE": self.path("log"),
            "RABBITMQ_CONFIG_FILE": self.path("rabbitmq.conf"),
            "RABBITMQ_CONF_ENV_FILE": self.path("none"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": self.path("enabled_plugins"),
            "RABBITMQ_GENERATED_CONFIG_DIR": self.path("generated"),
            # Two schedulers are enough for a queue, and start faster.
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 2:2 +sbwt none -kernel inet_dist_use_interface "
                                                   "{127,0,0,1}",
        }

    # Life

    def start(self):
        """Until it takes connections, 120 s at most."""
        if self.epmd is None:
            self.epmd = subprocess.Popen(
                ["epmd", "-port", str(self.epmd_port), "-address", "127.0.0.1"],
                stdin=subprocess.DEVNULL, cwd="/", start_new_session=True, **self.who)
        with open(self.path("output"), "ab") as log:
            self.process = subprocess.Popen(
                [SERVER], stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/",
                env=self.environment(), start_new_session=True, **self.who)
        end = time.monotonic() + 120
        while time.monotonic() < end:
            check(self.process.poll() is None, "RabbitMQ ended\n", self.log())
            try:
                self.connect().close()
                if self.was_killed:
                    self.elect()
                return self
            except pika.exceptions.AMQPError:
                time.sleep(0.2)
        raise AssertionError(f"RabbitMQ does not answer\n{self.log()}")

    def kill(self):
        """SIGKILL to the server and all it started."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(timeout=30)
            self.process = None
            self.was_killed = True

    def declare(self):
        """Declares the queue and restarts the server in order. It keeps the names of queues' logs in a
        file (names.dets) that it writes out when it stops, or minutes later: killed before that, 3.10
        takes the queue for a new one and its confirmed messages are gone. Nobody's client can help
        that; a cluster's other nodes can."""
        connection = self.connect()
        connection.channel().queue_declare(
            QUEUE, durable=True, arguments={"x-queue-type": "quorum"})
        connection.close()
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(timeout=60)
        self.start()

    def elect(self):
        """A quorum queue on one node that was killed may stay without a leader, in 3.10 at least
        (rabbitmq-server issue 10070): it waits for others to tell it of one. An operator's remedy."""
        done = subprocess.run(
            [CONTROL, "eval", f"ra:trigger_election({{'{VHOST}_{QUEUE}', node()}})."],
            env=self.environment(), cwd="/", capture_output=True, timeout=60, **self.who)
        check(done.returncode == 0, "rabbitmqctl:", done.stdout, done.stderr)

    def log(self):
        with open(self.path("output"), encoding="utf-8", errors="replace") as file:
            return file.read()[-4000:]

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        self.kill()
        if self.epmd is not None:
            self.epmd.kill()
            self.epmd.wait(timeout=30)
        if kind is None:
            shutil.rmtree(self.folder)
        else:
            print(f"kept for a look: {self.folder}", file=sys.stderr)

    # As a consumer

    def connect(self):
        return pika.BlockingConnection(pika.ConnectionParameters(
            "127.0.0.1", self.port, VHOST, pika.PlainCredentials(USER, PASSWORD),
            socket_timeout=5, blocked_connection_timeout=30))

    def drain(self):
        """Everything that is in the queue, acknowledged: (properties, event)."""
        connection = self.connect()
        channel = connection.channel()
        found = []
        while True:
            method, properties, body = channel.basic_get(QUEUE)
            if method is None:
                break
            found.append((properties, json.loads(body)))
            channel.basic_ack(method.delivery_tag)
        connection.close()
        return found

    def delete_queue(self):
        connection = self.connect()
        connection.channel().queue_delete(QUEUE)
        connection.close()

    def is_quorum(self):
        """Whether the queue is declared as a quorum queue: declaring it so again is no conflict."""
        connection = self.connect()
        connection.channel().queue_declare(
            QUEUE, durable=True, arguments={"x-queue-type": "quorum"})
        connection.close()
        return True
