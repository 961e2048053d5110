import assert from 'node:assert/strict';
import { test } from 'node:test';
import { all, app, client, contact, delivered, refused, text } from './world.mjs';

test('conversations', async () => {
  const { id: app_id } = await app();
  const { id: contact_id } = await contact([['SMS', '46700000501']]);
  const created = await client.conversation.create({
    createConversationRequestBody: { app_id, contact_id, active: true, metadata_json: { table: 4 } },
  });
  const conversation_id = created.id;
  assert.deepEqual(created.metadata_json, { table: 4 });
  assert.equal((await client.conversation.get({ conversation_id })).contact_id, contact_id);
  assert.deepEqual((await all(client.conversation.list({ app_id, only_active: true }))).map(({ id }) => id), [conversation_id]);

  const updated = await client.conversation.update({
    conversation_id,
    update_mask: ['metadata_json'],
    metadata_update_strategy: 'MERGE_PATCH',
    updateConversationRequestBody: { metadata_json: { guests: 2 } },
  });
  assert.deepEqual(updated.metadata_json, { table: 4, guests: 2 });

  const { message_id } = await text(app_id, { contact_id }, 'Hello');
  await delivered(message_id);
  const [recent] = await all(client.conversation.listRecent({ app_id, order: 'DESC' }));
  assert.equal(recent.conversation.id, conversation_id);
  assert.equal(recent.last_message.id, message_id);

  await client.conversation.stopActive({ conversation_id });
  assert.equal((await client.conversation.get({ conversation_id })).active, false);
  await client.conversation.delete({ conversation_id });
  assert.equal((await refused(client.conversation.get({ conversation_id }))).statusCode, 404);
});

test('a message and an event are injected', async () => {
  const { id: app_id } = await app();
  const { id: contact_id } = await contact([['SMS', '46700000502']]);
  const { id: conversation_id } = await client.conversation.create({
    createConversationRequestBody: { app_id, contact_id, active: true },
  });
  const channel_identity = { channel: 'SMS', identity: '46700000502' };
  await client.conversation.injectMessage({
    conversation_id,
    injectMessageRequestBody: {
      contact_id, channel_identity, accept_time: new Date(), direction: 'TO_APP',
      contact_message: { text_message: { text: 'From before' } },
    },
  });
  const [message] = await all(client.messages.list({ conversation_id }));
  assert.equal(message.contact_message.text_message.text, 'From before');
  assert.equal(message.injected, true);

  const { event_id, accepted_time } = await client.conversation.injectEvent({
    conversation_id,
    injectConversationEventRequestBody: {
      accept_time: new Date(), app_event: { composing_event: {} }, contact_id, channel_identity,
    },
  });
  assert.ok(accepted_time instanceof Date);
  assert.equal((await client.events.get({ event_id })).conversation_id, conversation_id);
});
