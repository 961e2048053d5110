import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { all, app, client, contact, refused } from './world.mjs';

let app_id;
let recipient;

before(async () => {
  ({ id: app_id } = await app());
  const { id: contact_id } = await contact([['MESSENGER', 'page-scoped-2', app_id]]);
  recipient = { contact_id };
});

const agent = { agent: { display_name: 'Grace', type: 'HUMAN' } };
const kinds = {
  sendComposingEvent: { composing_event: {} },
  sendComposingEndEvent: { composing_end_event: {} },
  sendCommentReplyEvent: { comment_reply_event: { text: 'Thank you' } },
  sendAgentJoinedEvent: { agent_joined_event: agent },
  sendAgentLeftEvent: { agent_left_event: agent },
  sendGenericEvent: { generic_event: { payload: { color: 'green' } } },
  send: { composing_event: {} },
};

for (const [method, event] of Object.entries(kinds)) {
  test(`events.${method}`, async () => {
    const sent = await client.events[method]({ sendEventRequestBody: { app_id, recipient, event } });
    assert.ok(sent.accepted_time instanceof Date);
    const stored = await client.events.get({ event_id: sent.event_id });
    assert.deepEqual(stored.app_event, event);
  });
}

test('events are listed and deleted', async () => {
  const listed = await all(client.events.list({ contact_id: recipient.contact_id, page_size: 2 }));
  assert.equal(listed.length, Object.keys(kinds).length);
  const [{ id: event_id }] = listed;
  await client.events.delete({ event_id });
  assert.equal((await refused(client.events.get({ event_id }))).statusCode, 404);
});
