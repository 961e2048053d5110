import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { all, app, client, delivered, NUMBER, refused, text, to } from './world.mjs';

let app_id;
const recipient = to(['WHATSAPP', NUMBER], ['SMS', NUMBER]);
const choices = [{ text_message: { text: 'Yes' }, postback_data: 'yes' }, { text_message: { text: 'No' } }];
const card = { title: 'Table 4', description: 'By the window', choices };

before(async () => {
  ({ id: app_id } = await app());
});

/** What each method of the SDK sends. */
const kinds = {
  sendTextMessage: { text_message: { text: 'Hello' } },
  sendCardMessage: { card_message: card },
  sendCarouselMessage: { carousel_message: { cards: [card, { ...card, title: 'Table 5' }] } },
  sendChoiceMessage: { choice_message: { text_message: { text: 'Coming?' }, choices } },
  sendContactInfoMessage: { contact_info_message: { name: { full_name: 'Ada Lovelace' }, phone_numbers: [{ phone_number: '+44700000001' }] } },
  sendListMessage: { list_message: { title: 'Today', sections: [{ title: 'Soups', items: [{ choice: { title: 'Tomato' } }] }] } },
  sendLocationMessage: { location_message: { title: 'Here', coordinates: { latitude: 55.610479, longitude: 13.002873 } } },
  sendMediaMessage: { media_message: { url: 'https://example.com/table.jpg' } },
  sendTemplateMessage: { template_message: { channel_template: { WHATSAPP: { template_id: 'reminder', language_code: 'en_US' } } } },
  send: { text_message: { text: 'Any kind' } },
};

for (const [method, message] of Object.entries(kinds)) {
  test(`messages.${method}`, async () => {
    const sent = await client.messages[method]({ sendMessageRequestBody: { app_id, recipient, message } });
    assert.match(sent.message_id, /^[0-9A-Z]{26}$/);
    assert.ok(sent.accepted_time instanceof Date);
    await delivered(sent.message_id);
    const stored = await client.messages.get({ message_id: sent.message_id });
    const kind = Object.keys(message)[0];
    assert.deepEqual(stored.app_message[kind], message[kind]);
    assert.equal(stored.direction, 'TO_CONTACT');
  });
}

test('a message is listed, changed and deleted', async () => {
  const { message_id } = await text(app_id, recipient, 'Remember', { message_metadata: 'old' });
  await delivered(message_id);
  const { conversation_id, contact_id } = await client.messages.get({ message_id });
  const listed = await all(client.messages.list({ conversation_id, page_size: 3, start_time: new Date(0) }));
  assert.equal(listed.length, Object.keys(kinds).length + 1);
  assert.equal(listed[0].id, message_id, 'the newest comes first');

  const last = await all(client.messages.listLastMessagesByChannelIdentity({
    listLastMessagesByChannelIdentityRequestBody: { contact_ids: [contact_id] },
  }));
  assert.deepEqual(last.map(({ id }) => id), [message_id]);

  const updateMessageRequestBody = { metadata: 'new' };
  const changed = await client.messages.update({ message_id, updateMessageRequestBody });
  assert.equal(changed.metadata, 'new');

  await client.messages.delete({ message_id });
  assert.equal((await refused(client.messages.get({ message_id }))).statusCode, 404);
});

test('messages of DISPATCH mode are found where the app keeps them', async () => {
  const { id } = await app({
    processing_mode: 'DISPATCH',
    dispatch_retention_policy: { retention_type: 'MESSAGE_EXPIRE_POLICY', ttl_days: 1 },
  });
  const { message_id } = await text(id, recipient, 'Fire and forget');
  const messages_source = 'DISPATCH_SOURCE';
  assert.equal((await client.messages.get({ message_id, messages_source })).processing_mode, 'DISPATCH');
  assert.equal((await refused(client.messages.get({ message_id }))).statusCode, 404);
});
