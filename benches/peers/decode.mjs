// Decodes a page of messages with the SDK, as it does with the response of a list. The first argument is the file with
// the page. Each line of input is how often to decode it; the answer is the CPU time and the time in microseconds, and
// the number of messages.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const core = createRequire(`${process.env.PEER_MODULES}/`).resolve('@sinch/sdk-core');
const { ApiFetchClient } = createRequire(core)('@sinch/sdk-client');

const body = readFileSync(process.argv[2], 'utf8');
const client = new ApiFetchClient({ projectId: 'project' });
const context = {
  body,
  response: { ok: true, status: 200 },
  errorContext: {},
  apiCallParameters: { apiName: 'MessagesApi', operationId: 'ListMessages' },
};

for await (const line of createInterface({ input: process.stdin })) {
  let messages = 0;
  const begun = process.hrtime.bigint();
  const before = process.cpuUsage();
  for (let count = Number(line); count > 0; count -= 1) {
    messages += (await client.processResponse(context)).messages.length;
  }
  const { user, system } = process.cpuUsage(before);
  console.log(user + system, Number(process.hrtime.bigint() - begun) / 1000, messages);
}
