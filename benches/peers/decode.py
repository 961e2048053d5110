"""Decodes a page of messages with the SDK, as it does with the response of a list.

The first argument is the file with the page. Each line of input is how often to decode it; the answer is the CPU time and
the time in microseconds, and the number of messages.
"""

import json
import pathlib
import sys
import time

from sinch.core.models.http_response import HTTPResponse
from sinch.domains.conversation.api.v1.internal.messages_endpoints import ListMessagesEndpoint
from sinch.domains.conversation.models.v1.messages.internal.request import ListMessagesRequest

body = pathlib.Path(sys.argv[1]).read_text(encoding="utf-8")
endpoint = ListMessagesEndpoint("project", ListMessagesRequest())

for line in sys.stdin:
    messages = 0
    begun, before = time.perf_counter(), time.process_time()
    for _ in range(int(line)):
        response = HTTPResponse(status_code=200, headers={}, body=json.loads(body))
        messages += len(endpoint.handle_response(response).messages)
    cpu, wall = time.process_time() - before, time.perf_counter() - begun
    print(cpu * 1e6, wall * 1e6, messages, flush=True)
