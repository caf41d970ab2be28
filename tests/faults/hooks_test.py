#!/usr/bin/python3
"""Webhooks and hook commands against receivers that behave in every way: what is committed is told, at least once, nothing that hangs
or lies keeps anybody waiting, and nothing goes to an address that is not public unless the policy allows it.

The receivers are threads of this test, on the loopback address, which hooks reach because their policy says `allow_private = true`.
"""

import base64
import hashlib
import hmac
import http.server
import json
import signal
import socket
import threading
import time

import sandbox

SECRET = base64.b64encode(bytes(range(32))).decode()
GATES = '[stages]\norder = ["staging", "production"]\n[gate.production]\nmetrics = ["auc >= 0.95"]\n'


class Receiver:
    """Answers each POST by `answer(handler)`, 200 unless said otherwise, and keeps what it got."""

    def __init__(self, test, answer=None):
        self.got, self.answer = [], answer
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append((dict((name.lower(), value) for name, value in self.headers.items()), body))
                if receiver.answer:
                    receiver.answer(self)
                else:
                    self.reply(200)

            def reply(self, status, body=b"", **headers):
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None  # senders that go away are what is tested
        self.server.block_on_close = False
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        test.addCleanup(self.server.server_close)
        test.addCleanup(self.server.shutdown)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/hook"


class HooksTest(sandbox.Test):
    def setUp(self):
        super().setUp()
        # A sender that goes away must not end this test, whose threads are the receivers.
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)
        self.environment["CHAT_SECRET"] = "whsec_" + SECRET
        self.now = time.time()

    def make(self, *hooks):
        self.git("init", "--quiet", "--initial-branch=main")
        self.write("mlops.toml", GATES + "\n".join(hooks))
        self.git("add", ".")
        self.git("commit", "--quiet", "--message", "hooks")
        self.mlops("init")

    def hook(self, url, on="registered", more="allow_private = true\n", name="chat"):
        events = ", ".join(f'"{event}"' for event in on.split())
        return f'[hooks.{name}]\non = [{events}]\nurl = "{url}"\n{more}'

    def log(self):
        return json.loads(self.mlops("hook", "log", "--json").stdout)["deliveries"][::-1]

    def at(self, minutes):
        moment = time.gmtime(self.now + 60 * minutes)
        return {"MLOPS_TEST_CLOCK": time.strftime("%Y-%m-%dT%H:%M:%SZ", moment)}

    def failure(self, url, more="allow_private = true\n"):
        """What is recorded of a hook that can't be told, after a command that did not mind."""
        self.make(self.hook(url, more=more))
        begun = time.monotonic()
        result = self.register()
        self.assertLess(time.monotonic() - begun, 20)
        self.assertEqual(result.stdout, "churn@1\n")
        self.assertIn("hook chat was not told", result.stderr)
        [delivery] = self.log()
        self.assertEqual((delivery["state"], delivery["attempts"]), ("pending", 1))
        return delivery

    # What arrives

    def test_every_event_arrives_signed(self):
        receiver = Receiver(self)
        on = "registered validated refused promoted rolled_back"
        self.make(self.hook(receiver.url, on, 'allow_private = true\nsecret = "CHAT_SECRET"\n'))
        self.register()
        self.mlops("promote", "churn@1", "--to", "production", expect=3)
        self.mlops("promote", "churn@1", "--to", "staging")
        self.register("other.bin", "others")
        self.mlops("promote", "churn@2", "--to", "staging")
        self.mlops("rollback", "churn", "--stage", "staging", expect=None)
        told = [json.loads(body) for _, body in receiver.got]
        kinds = sorted(event["type"] for event in told)
        self.assertEqual(kinds[:2], ["promoted", "promoted"])
        self.assertEqual(set(kinds), {"registered", "promoted", "validated", "refused", "rolled_back"})
        refused = next(event for event in told if event["type"] == "refused")
        self.assertEqual(refused["data"]["version"], "churn@1")
        self.assertEqual(refused["data"]["stage"], "production")
        self.assertIn("did not pass the gate of production", refused["text"])
        for headers, body in receiver.got:
            self.assert_signed(headers, body)
        self.assertEqual({delivery["state"] for delivery in self.log()}, {"delivered"})
        self.assertNotIn(SECRET, self.everything_stored())

    def assert_signed(self, headers, body):
        """As the page of Standard Webhooks says it, computed by Python's own means."""
        message = b".".join((headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body))
        signature = base64.b64encode(hmac.new(base64.b64decode(SECRET), message, hashlib.sha256).digest()).decode()
        self.assertEqual(headers["webhook-signature"], "v1," + signature)
        self.assertAlmostEqual(int(headers["webhook-timestamp"]), time.time(), delta=120)

    def everything_stored(self):
        return self.database.read_bytes().decode("latin-1")

    def test_a_command_gets_the_event(self):
        script = self.write("told.sh", 'echo "$MLOPS_EVENT $MLOPS_EVENT_VERSION [$MLOPS_EVENT_STAGE]"; cat\n')
        self.make(f'[hooks.pager]\non = ["registered"]\ncommand = ["sh", "-c", "sh {script} >{self.root}/told"]\n')
        self.register()
        first, body = (self.root / "told").read_text().split("\n", 1)
        self.assertEqual(first, "registered churn@1 []")
        self.assertEqual(json.loads(body)["data"]["version"], "churn@1")

    def test_a_failing_command_is_a_warning(self):
        self.make('[hooks.pager]\non = ["registered"]\ncommand = ["sh", "-c", "echo no pager >&2; exit 9"]\n')
        result = self.register()
        self.assertEqual(result.stdout, "churn@1\n")
        self.assertIn("exit code 9: no pager", result.stderr)
        self.assertEqual(self.log()[0]["answer"], 9)

    def test_a_command_that_hangs_is_ended(self):
        self.make('[hooks.pager]\non = ["registered"]\ncommand = ["sleep", "100"]\n')
        begun = time.monotonic()
        self.assertIn("not done within", self.register().stderr)
        self.assertLess(time.monotonic() - begun, 20)

    def test_without_hooks_nothing_is_kept(self):
        self.make()
        self.register()
        self.assertEqual(self.log(), [])
        self.assertIn("nothing to send", self.mlops("hook", "deliver").stdout)

    # What does not

    def test_a_server_that_fails_for_an_hour(self):
        receiver = Receiver(self, lambda handler: handler.reply(500, b"out of order"))
        self.make(self.hook(receiver.url))
        self.assertIn("answered 500: out of order", self.register(environment=self.at(0)).stderr)
        for minute in range(1, 61):
            self.mlops("hook", "deliver", environment=self.at(minute), expect=(0, 1))
        # At once, then after 30 s, 1, 2, 4, 8, 16 and 32 minutes.
        self.assertEqual(len(receiver.got), 7)
        receiver.answer = None
        self.mlops("hook", "deliver", environment=self.at(65))
        self.assertEqual(len({headers["webhook-id"] for headers, _ in receiver.got}), 1)
        self.assertEqual(len({body for _, body in receiver.got}), 1)
        [delivery] = self.log()
        self.assertEqual((delivery["state"], delivery["attempts"], delivery["error"]), ("delivered", 8, ""))

    def test_after_a_day_it_is_given_up(self):
        receiver = Receiver(self, lambda handler: handler.reply(503))
        self.make(self.hook(receiver.url))
        self.register(environment=self.at(0))
        for hour in range(1, 30):
            self.mlops("hook", "deliver", environment=self.at(60 * hour), expect=(0, 1))
        self.assertEqual(self.log()[0]["state"], "given_up")
        tries = len(receiver.got)
        self.mlops("hook", "deliver", environment=self.at(60 * 40))
        self.assertEqual(len(receiver.got), tries)
        receiver.answer = None
        self.mlops("hook", "redeliver", "--failed", environment=self.at(60 * 41))
        self.assertEqual(self.log()[0]["state"], "delivered")

    def test_a_receiver_that_is_gone_is_not_asked_again(self):
        self.make(self.hook(Receiver(self, lambda handler: handler.reply(410)).url))
        self.register()
        self.assertEqual(self.log()[0]["state"], "given_up")

    def test_a_server_that_hangs(self):
        self.assertIn("no answer from", self.failure(Receiver(self, lambda _: time.sleep(30)).url)["error"])

    def test_a_port_that_nobody_listens_on(self):
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            self.failure(f"http://127.0.0.1:{unused.getsockname()[1]}/")

    def test_a_redirect_is_not_followed(self):
        inner = Receiver(self)
        outer = Receiver(self, lambda handler: handler.reply(302, Location=inner.url))
        error = self.failure(outer.url)["error"]
        self.assertIn(f"answered 302, a redirect to {inner.url}", error)
        self.assertEqual(inner.got, [])

    def test_an_endless_answer(self):
        def flood(handler):
            handler.send_response(500)
            handler.end_headers()
            try:
                while True:
                    handler.wfile.write(b"x" * 65536)
            except OSError:
                pass

        self.assertIn("answered 500", self.failure(Receiver(self, flood).url)["error"])
        self.assertLess(len(self.everything_stored()), 4 << 20)

    def test_endless_headers(self):
        def flood(handler):
            handler.send_response(200)
            handler.flush_headers()
            try:
                for number in range(1 << 20):
                    handler.wfile.write(f"x-{number}: {'y' * 1000}\r\n".encode())
            except OSError:
                pass

        self.assertIn("endless headers", self.failure(Receiver(self, flood).url)["error"])

    def test_a_secret_that_is_not_there_or_no_secret(self):
        receiver = Receiver(self)
        self.make(self.hook(receiver.url, more='allow_private = true\nsecret = "CHAT_SECRET"\n'))
        for value, error in (("", "CHAT_SECRET is not set"), ("hunter2", "can't sign")):
            result = self.mlops("hook", "test", "chat", environment={"CHAT_SECRET": value}, expect=1)
            self.assertIn(error, result.stdout)
            self.assertNotIn("hunter2", result.stdout + result.stderr)
        self.assertEqual(receiver.got, [])

    def test_a_broken_policy_stops_nobody(self):
        self.make('[hooks.chat]\non = ["promotd"]\nurl = "https://example.com/"\n')
        result = self.register()
        self.assertEqual(result.stdout, "churn@1\n")
        self.assertIn("no hook is told, as hooks can't be read", result.stderr)
        self.assertIn("did you mean `promoted`?", result.stderr)

    def test_without_libcurl_only_webhooks_are_lost(self):
        self.make(self.hook(Receiver(self).url), f'[hooks.diary]\non = ["registered"]\ncommand = ["sh", "-c", "cat >{self.root}/told"]\n')
        (self.root / "libcurl.so.4").write_bytes(b"")
        result = self.register(environment={"LD_LIBRARY_PATH": str(self.root)})
        self.assertEqual(result.stdout, "churn@1\n")
        self.assertIn("`libcurl.so.4` is not installed (Debian has it in `libcurl4`)", result.stderr)
        self.assertTrue((self.root / "told").exists())
        self.mlops("hook", "redeliver", "--failed")
        self.assertEqual({delivery["state"] for delivery in self.log()}, {"delivered"})

    # Where it may not go

    def test_private_addresses_are_refused(self):
        receiver = Receiver(self)
        more = 'url_from = "CHAT_URL"\n'
        self.make(f'[hooks.chat]\non = ["registered"]\n{more}')
        hosts = ("127.0.0.1", "127.1", "0x7f000001", "2130706433", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]", "[::]", "169.254.169.254",
                 "10.0.0.1", "192.168.1.1", "172.16.0.1", "100.64.0.1", "224.0.0.1", "[fe80::1]", "[fd00:ec2::254]", "[64:ff9b::7f00:1]",
                 "[2002:7f00:1::]", "localhost")
        for host in hosts:
            with self.subTest(host=host):
                begun = time.monotonic()
                result = self.mlops("hook", "test", "chat", environment={"CHAT_URL": f"https://{host}:{receiver.port}/"}, expect=1)
                self.assertIn("allow_private", result.stdout)
                self.assertLess(time.monotonic() - begun, 4)
        self.assertIn("must begin with `https://`",
                      self.mlops("hook", "test", "chat", environment={"CHAT_URL": receiver.url}, expect=1).stdout)
        self.assertEqual(receiver.got, [])

    def test_a_name_that_leads_to_loopback_is_refused(self):
        """`localhost` is one that every machine has; it is judged by its address and not by its name."""
        receiver = Receiver(self)
        error = self.failure(f"https://localhost:{receiver.port}/", more="")["error"]
        self.assertIn("a loopback address", error)
        self.assertEqual(receiver.got, [])

    def test_a_proxy_of_the_environment_is_not_used(self):
        proxy, receiver = Receiver(self), Receiver(self)
        self.make(self.hook(receiver.url))
        address = f"http://127.0.0.1:{proxy.port}"
        self.register(environment={"http_proxy": address, "https_proxy": address, "ALL_PROXY": address})
        self.assertEqual((len(proxy.got), len(receiver.got)), (0, 1))

    def test_a_certificate_is_checked(self):
        self.run_program("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                         "-keyout", self.root / "key.pem", "-out", self.root / "cert.pem")
        if not (self.root / "cert.pem").exists():
            self.skipTest("openssl can't make a certificate here")
        import ssl
        receiver = Receiver(self)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.root / "cert.pem", self.root / "key.pem")
        receiver.server.socket = context.wrap_socket(receiver.server.socket, server_side=True)
        self.assertIn("certificate", self.failure(f"https://localhost:{receiver.port}/")["error"].lower())
        self.assertEqual(receiver.got, [])

    # Crashes and races

    def test_killed_between_commit_and_delivery(self):
        release = threading.Event()
        receiver = Receiver(self, lambda handler: release.wait(4) and handler.reply(200))
        self.addCleanup(release.set)
        self.make(self.hook(receiver.url))
        self.write("model.bin", "weights")
        process = self.start(sandbox.program, "register", "churn", "model.bin")
        deadline = time.monotonic() + 30
        while not receiver.got and time.monotonic() < deadline:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        self.assertEqual(self.numbers(), [1])
        [delivery] = self.log()
        self.assertEqual((delivery["state"], delivery["attempts"]), ("pending", 0))
        release.set()
        self.mlops("hook", "deliver")
        self.assertEqual(self.log()[0]["state"], "delivered")
        self.assertEqual(len({headers["webhook-id"] for headers, _ in receiver.got}), 1)
        self.assert_sound()

    def test_two_processes_deliver_each_once(self):
        receiver = Receiver(self, lambda handler: handler.reply(500))
        self.make(self.hook(receiver.url))
        for number in range(8):
            self.register(content=f"weights {number}")
        receiver.got.clear()

        def slowly(handler):
            time.sleep(0.3)
            handler.reply(200)

        receiver.answer = slowly
        both = [self.start(sandbox.program, "hook", "deliver", environment=self.at(10)) for _ in range(2)]
        for process in both:
            _, err = process.communicate(timeout=60)
            self.assertEqual(process.returncode, 0, err)
        ids = [headers["webhook-id"] for headers, _ in receiver.got]
        self.assertEqual(len(ids), 8)
        self.assertEqual(len(set(ids)), 8)
        self.assertEqual({delivery["state"] for delivery in self.log()}, {"delivered"})


sandbox.main()
