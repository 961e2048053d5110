"""Helpers of the tests: the SDK's client for the sandbox, a receiver of webhooks, and the sandbox's controls."""

import json
import os
import queue
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from sinch import SinchClient

BASE = os.environ["SINCH_CONVERSATION_URL"]
SECRET = "a secret of the receiver"
NUMBER = "46701234567"
SOON = 20


def make_client():
    sinch = SinchClient(
        key_id=os.environ["SINCH_KEY_ID"],
        key_secret=os.environ["SINCH_KEY_SECRET"],
        project_id=os.environ["SINCH_PROJECT_ID"],
        conversation_region="us",
    )
    sinch.configuration.auth_origin = os.environ["SINCH_AUTH_URL"]
    sinch.configuration.conversation_origin = BASE
    return sinch


class Watched:
    """One API of the SDK, which notes the methods that are called."""

    def __init__(self, api):
        self._api = api
        self.called = set()

    def __getattr__(self, name):
        self.called.add(name)
        return getattr(self._api, name)

    def never_called(self):
        methods = {name for name in vars(type(self._api)) if not name.startswith("_")}
        return sorted(methods - self.called)


_conversation = make_client().conversation
apps = Watched(_conversation.apps)
contacts = Watched(_conversation.contacts)
messages = Watched(_conversation.messages)
webhook_events = _conversation.sinch_events(SECRET)


def call(path, body, headers=()):
    request = urllib.request.Request(
        BASE + path,
        data=json.dumps(body).encode(),
        headers={"content-type": "application/json", **dict(headers)},
    )
    with urllib.request.urlopen(request, timeout=SOON) as response:
        return json.load(response)


def control(path, body):
    """A call of the sandbox's own controls."""
    return call("/_sandbox/" + path, body)


def delivered(message_id):
    return control("wait", {"for": {"message_id": message_id}, "within_ms": SOON * 1000})


def create_webhook(app_id, target, triggers):
    """The SDK has no method for this."""
    token = _conversation._sinch.authentication.get_auth_token().access_token
    body = {"app_id": app_id, "target": target, "target_type": "HTTP", "secret": SECRET, "triggers": triggers}
    path = f"/v1/projects/{os.environ['SINCH_PROJECT_ID']}/webhooks"
    return call(path, body, {"authorization": f"Bearer {token}"})


def create_app(**changes):
    settings = {
        "display_name": "Peer",
        "processing_mode": "CONVERSATION",
        "channel_credentials": {
            "WHATSAPP": {"claimed_identity": "46700000000", "token": "wa"},
            "SMS": {"claimed_identity": "plan", "token": "sms"},
            "MESSENGER": {"token": "page"},
        },
        **changes,
    }
    return apps.create(**settings)


class Receiver:
    """Receives webhooks, checks their signatures with the SDK, and parses them with it."""

    def __enter__(self):
        events = self._events = queue.Queue()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                headers = dict(self.headers.items())
                genuine = webhook_events.validate_authentication_header(headers, body)
                events.put((genuine, webhook_events.parse_event(body, headers)))
                self.send_response(200)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook"
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

    def next(self, fits):
        """The next event that fits, once it is there."""
        while True:
            genuine, event = self._events.get(timeout=SOON)
            if fits(event):
                assert genuine, "the SDK refuses the signature"
                return event
