import assert from 'node:assert/strict';
import { test } from 'node:test';
import { all, app, client, contact, refused, to } from './world.mjs';

test('contacts', async () => {
  const created = await contact([['SMS', '+46700000101']], { external_id: 'peer-1', display_name: 'Ada' });
  assert.equal(created.channel_identities[0].identity, '46700000101');
  const contact_id = created.id;
  assert.equal((await client.contact.get({ contact_id })).display_name, 'Ada');
  assert.deepEqual((await all(client.contact.list({ external_id: 'peer-1' }))).map(({ id }) => id), [contact_id]);

  const updated = await client.contact.update({
    contact_id,
    update_mask: ['display_name'],
    updateContactRequestBody: { display_name: 'Ada Lovelace', email: 'not@masked.example' },
  });
  assert.equal(updated.display_name, 'Ada Lovelace');
  assert.equal(updated.email, '');

  await client.contact.delete({ contact_id });
  assert.equal((await refused(client.contact.get({ contact_id }))).statusCode, 404);
});

test('a list of contacts comes page by page', async () => {
  const ids = [];
  for (let index = 0; index < 5; index += 1) ids.push((await contact([['SMS', `4670000020${index}`]])).id);
  const page = await client.contact.list({ page_size: 2 });
  assert.equal(page.data.length, 2);
  assert.ok(page.hasNextPage);
  const listed = (await all(client.contact.list({ page_size: 2 }))).map(({ id }) => id);
  assert.equal(new Set(listed).size, listed.length);
  assert.ok(ids.every((id) => listed.includes(id)));
});

test('two contacts become one', async () => {
  const kept = await contact([['SMS', '46700000301']], { channel_priority: ['SMS'] });
  const gone = await contact([['SMS', '46700000302'], ['WHATSAPP', '46700000302']], { email: 'ada@example.com' });
  const merged = await client.contact.mergeContact({
    destination_id: kept.id,
    mergeContactRequestBody: { source_id: gone.id, strategy: 'MERGE' },
  });
  assert.equal(merged.id, kept.id);
  assert.equal(merged.email, 'ada@example.com');
  assert.deepEqual(
    merged.channel_identities.map(({ channel, identity }) => [channel, identity]),
    [['SMS', '46700000301'], ['WHATSAPP', '46700000302']],
  );
  assert.equal((await refused(client.contact.get({ contact_id: gone.id }))).statusCode, 404);
});

test('identity conflicts', async () => {
  const ids = [(await contact([['SMS', '46700000401']])).id, (await contact([['SMS', '46700000401']])).id];
  const conflicts = await all(client.contact.listIdentityConflicts({ page_size: 1 }));
  const conflict = conflicts.find(({ identity }) => identity === '46700000401');
  assert.deepEqual([...conflict.contact_ids].sort(), ids.sort());
  await client.contact.delete({ contact_id: ids[1] });
});

test('the profile on a channel', async () => {
  const { id: app_id } = await app();
  const getChannelProfileRequestBody = { app_id, channel: 'MESSENGER', recipient: to(['MESSENGER', 'page-scoped-1']) };
  // This person has no profile.
  const error = await refused(client.contact.getChannelProfile({ getChannelProfileRequestBody }));
  assert.equal(error.statusCode, 400);
  assert.match(error.data, /NO_PROFILE_AVAILABLE/);
});
