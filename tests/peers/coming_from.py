"""Runs the snippets of the guide's page `coming_from` against the sandbox: `coming_from.py js|python|sh`.

All snippets of a language are one program. What the page says about the sandbox is put where the page says.
"""

import base64
import hashlib
import hmac
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import urllib.request

PAGE = pathlib.Path(__file__).parents[2] / "crates/sinch-conversation/src/guide/coming_from"
PARTS = ["sending", "content", "reading", "receiving", "failing"]
BASE = os.environ["SINCH_CONVERSATION_URL"]
APP = "01JSANDB0X00000000000000AP"
SECRET = "the secret of the webhook"
ADDRESS = {"channel": "SMS", "identity": "46700000001", "app_id": ""}
BODY = json.dumps({
    "app_id": APP,
    "project_id": os.environ["SINCH_PROJECT_ID"],
    "message": {
        "id": "01JSANDB0X00000000000000M0",
        "contact_id": "",
        "channel_identity": ADDRESS,
        "contact_message": {"text_message": {"text": "Hello"}},
    },
})
NOW = str(int(time.time()))
SIGNATURE = base64.b64encode(hmac.digest(SECRET.encode(), f"{BODY}.nonce.{NOW}".encode(), hashlib.sha256)).decode()
HEADERS = {
    "x-sinch-webhook-signature": SIGNATURE,
    "x-sinch-webhook-signature-nonce": "nonce",
    "x-sinch-webhook-signature-timestamp": NOW,
}


def snippets(language):
    """The blocks of a language, in the order of the page."""
    page = "".join((PAGE / f"{part}.md").read_text() for part in PARTS)
    return re.findall(rf"^```{language}\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)


def js():
    client, *tasks, sandbox = snippets("js")
    body, headers = json.dumps(BODY), json.dumps(HEADERS)
    return "node", ".mjs", [
        re.sub(r"( *conversationRegion.*\n)", lambda found: found[1] + sandbox, client),
        *tasks,
        f"if (receive({headers}, {body} + ' ') !== 401) throw new Error('accepted');",
        f"if (receive({headers}, {body}) !== 200) throw new Error('refused');",
        f"await answer(JSON.parse({body}));",
    ]


def python():
    client, *tasks, sandbox = snippets("python")
    return sys.executable, ".py", [
        client,
        sandbox,
        *tasks,
        f"body, headers = {BODY.encode()!r}, {HEADERS!r}",
        "assert receive(headers, body + b' ') == 401",
        "assert receive(headers, body) == 200",
        "answer(events.parse_event(body, headers))",
    ]


def sh():
    return "bash", ".sh", [
        "set -euo pipefail",
        'curl() { command curl --silent --show-error "$@"; }',
        *snippets("sh"),
        f"[[ $(signature '{BODY}' nonce {NOW}) == '{SIGNATURE}' ]]",
        f"answer '{BODY}'",
    ]


def call(path, body=None):
    request = urllib.request.Request(
        f"{BASE}/_sandbox/{path}", body and json.dumps(body).encode(), {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=20) as response:
        return json.load(response)


def start():
    """Empties the sandbox, and makes an app with two channels."""
    credentials = {"claimed_identity": "46700000000", "token": "any"}
    channels = [{"channel": channel, "static_bearer": credentials} for channel in ("WHATSAPP", "SMS")]
    app = {"id": APP, "display_name": "Osteria", "processing_mode": "CONVERSATION", "channel_credentials": channels}
    call("reset", {})
    call("seed", {"apps": [app]})


def run(language):
    """Runs the snippets, and returns what they print."""
    command, suffix, blocks = {"js": js, "python": python, "sh": sh}[language]()
    with tempfile.TemporaryDirectory() as folder:
        program = pathlib.Path(folder, "program" + suffix)
        program.write_text("\n".join(blocks))
        if modules := os.environ.get("PEER_MODULES"):
            pathlib.Path(folder, "node_modules").symlink_to(pathlib.Path(modules, "node_modules"))
        environment = {**os.environ, "SINCH_APP_ID": APP}
        done = subprocess.run([command, program], stdout=subprocess.PIPE, env=environment, timeout=60, text=True, check=True)
    return done.stdout


def check(printed):
    """The first run sends five messages and creates a contact; the second run finds it."""
    ready, thanks = ({"text_message": {"text": text}} for text in ("Your table is ready", "Thank you"))
    choices = [{"text_message": {"text": text}, "postback_data": text.lower()} for text in ("Yes", "No")]
    question = {"choice_message": {"text_message": {"text": "Are you coming?"}, "choices": choices}}
    file = {"media_message": {"url": "https://example.com/menu.pdf"}}
    sent = call("sent")["messages"]
    assert [message["message"] for message in sent] == 2 * [ready, ready, file, question, thanks], sent
    assert [message["channel_identity"]["channel"] for message in sent[:2]] == ["SMS", "WHATSAPP"], sent
    contacts = [contact for contact in call("contacts")["contacts"] if contact["display_name"] == "Grace"]
    assert len(contacts) == 1, contacts
    # The answer of the second run comes after its list.
    for id in [contacts[0]["id"], *(message["id"] for message in sent[:-1])]:
        assert id in printed, (id, printed)
    assert "app_id: is not a ULID" in printed, printed


if __name__ == "__main__":
    start()
    check("".join(run(sys.argv[1]) for _ in range(2)))
