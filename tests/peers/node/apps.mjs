import assert from 'node:assert/strict';
import { test } from 'node:test';
import { app, client, refused } from './world.mjs';

test('apps', async () => {
  const created = await app({ display_name: 'Tables', retention_policy: { retention_type: 'MESSAGE_EXPIRE_POLICY', ttl_days: 7 } });
  assert.match(created.id, /^[0-9A-HJKMNP-TV-Z]{26}$/);
  assert.equal(created.display_name, 'Tables');
  assert.equal(created.processing_mode, 'CONVERSATION');
  assert.equal(created.retention_policy.ttl_days, 7);
  assert.equal(created.channel_credentials[0].state.status, 'ACTIVE');
  assert.equal(created.queue_stats.outbound_limit, 500000);

  const app_id = created.id;
  assert.deepEqual(await client.app.get({ app_id }), created);
  assert.ok((await client.app.list({})).apps.some(({ id }) => id === app_id));

  const updated = await client.app.update({
    app_id,
    update_mask: ['display_name'],
    appUpdateRequestBody: { display_name: 'Chairs', processing_mode: 'DISPATCH' },
  });
  assert.equal(updated.display_name, 'Chairs');
  assert.equal(updated.processing_mode, 'CONVERSATION', 'the mask leaves it alone');

  await client.app.delete({ app_id });
  const error = await refused(client.app.get({ app_id }));
  assert.equal(error.statusCode, 404);
  assert.equal(JSON.parse(error.data).error.status, 'NOT_FOUND');
});

test('an app that is wrong is refused with the field', async () => {
  const error = await refused(client.app.create({ appCreateRequestBody: { display_name: 'No channels' } }));
  assert.equal(error.statusCode, 400);
  const { status, details } = JSON.parse(error.data).error;
  assert.equal(status, 'INVALID_ARGUMENT');
  assert.equal(details[0].field_violations[0].field, 'channel_credentials');
});
