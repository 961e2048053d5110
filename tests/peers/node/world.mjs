// Helpers of the tests: the SDK's client for the sandbox, a receiver of webhooks, and the sandbox's controls.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { once } from 'node:events';

// The SDK is installed outside of the work tree.
const sdk = createRequire(`${process.env.PEER_MODULES}/`)('@sinch/sdk-core');
const { ConversationCallbackWebhooks, SinchClient } = sdk;

export const { SINCH_PROJECT_ID: PROJECT, SINCH_CONVERSATION_URL: BASE } = process.env;
export const SECRET = 'a secret of the receiver';
export const NUMBER = '46701234567';
/** The documents know no shorter wait; nothing here takes as long. */
const SOON = 20_000;

const { conversation } = new SinchClient({
  projectId: PROJECT,
  keyId: process.env.SINCH_KEY_ID,
  keySecret: process.env.SINCH_KEY_SECRET,
  conversationRegion: 'us',
  authHostname: process.env.SINCH_AUTH_URL,
  conversationHostname: BASE,
  conversationTemplatesHostname: process.env.SINCH_TEMPLATE_URL,
});

/** The APIs of the SDK, each with the methods that were called so far. */
const apis = [
  'app', 'capability', 'consents', 'contact', 'conversation', 'events', 'messages', 'projectSettings',
  'templatesV2', 'transcoding', 'webhooks',
];
const called = new Map(apis.map((name) => [name, new Set()]));

function watched(name) {
  return new Proxy(conversation[name], {
    get(api, method) {
      called.get(name).add(method);
      const member = api[method];
      return typeof member === 'function' ? member.bind(api) : member;
    },
  });
}

export const client = Object.fromEntries(apis.map((name) => [name, watched(name)]));

/** The public methods of the SDK that no test has called, as `api.method`. */
export function neverCalled() {
  return apis.flatMap((name) => {
    const methods = Object.getOwnPropertyNames(Object.getPrototypeOf(conversation[name]));
    // Helpers of the public methods, which the SDK does not make private.
    const own = methods.filter((method) => !['constructor', 'sendMessage', 'sendEvent'].includes(method) && !method.startsWith('perform'));
    return own.filter((method) => !called.get(name).has(method)).map((method) => `${name}.${method}`);
  });
}

/** Everything in a paged list, page by page. */
export async function all(list) {
  const items = [];
  for await (const item of list) items.push(item);
  return items;
}

/** A call of the sandbox's own controls. */
export async function control(method, path, body) {
  const response = await fetch(`${BASE}/_sandbox/${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    body: body && JSON.stringify(body),
  });
  const answer = await response.json();
  assert.equal(response.status, 200, `${method} ${path}: ${JSON.stringify(answer)}`);
  return answer;
}

export const delivered = (message_id) => control('POST', 'wait', { for: { message_id }, within_ms: SOON });

/** The error of a call that has to be refused. */
export async function refused(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  assert.fail('the call should have been refused');
}

export function app(changes = {}) {
  return client.app.create({
    appCreateRequestBody: {
      display_name: 'Peer',
      processing_mode: 'CONVERSATION',
      channel_credentials: [
        { channel: 'WHATSAPP', static_bearer: { claimed_identity: '46700000000', token: 'wa' } },
        { channel: 'SMS', static_bearer: { claimed_identity: 'plan', token: 'sms' } },
        { channel: 'MESSENGER', static_token: { token: 'page' } },
      ],
      ...changes,
    },
  });
}

export function contact(identities, changes = {}) {
  return client.contact.create({
    contactCreateRequestBody: {
      channel_identities: identities.map(([channel, identity, app_id]) => ({ channel, identity, app_id })),
      language: 'EN_US',
      ...changes,
    },
  });
}

export const to = (...identities) => ({
  identified_by: { channel_identities: identities.map(([channel, identity]) => ({ channel, identity })) },
});

export const text = (app_id, recipient, words, changes = {}) => client.messages.sendTextMessage({
  sendMessageRequestBody: { app_id, recipient, message: { text_message: { text: words } }, ...changes },
});

/** Receives webhooks, checks their signatures with the SDK, and parses them with it. */
export async function receiver() {
  const processor = new ConversationCallbackWebhooks(SECRET);
  const events = [];
  const server = createServer(async (request, response) => {
    const chunks = await request.toArray();
    const body = Buffer.concat(chunks).toString();
    const genuine = processor.validateAuthenticationHeader(request.headers, body, '/', 'POST');
    events.push({ genuine, event: genuine && processor.parseEvent(JSON.parse(body)) });
    server.emit('webhook');
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}/hook`,
    /** The first event that fits, once it is there. */
    async next(fits) {
      const deadline = AbortSignal.timeout(SOON);
      for (;;) {
        const found = events.find(({ event }) => fits(event));
        if (found) {
          assert.ok(found.genuine, 'the SDK refuses the signature');
          return found.event;
        }
        await once(server, 'webhook', { signal: deadline });
      }
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
