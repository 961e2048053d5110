import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  all, app, client, contact, control, delivered, NUMBER, receiver, refused, SECRET, text, to,
} from './world.mjs';

test('project settings', async () => {
  const settings = (unified) => ({ contact_settings: { unified_contact_id_enabled: unified } });
  const created = await client.projectSettings.create({ createProjectSettingsRequestBody: settings(false) });
  assert.equal(created.settings.contact_settings.unified_contact_id_enabled, false);
  assert.deepEqual((await client.projectSettings.get({})).settings, created.settings);
  const updated = await client.projectSettings.update({ updateProjectSettingsRequestBody: settings(false) });
  assert.deepEqual(updated.settings, created.settings);
  await client.projectSettings.delete({});
});

test('capability', async () => {
  const { id: app_id } = await app();
  const hooks = await receiver();
  await client.webhooks.create({
    webhookCreateRequestBody: { app_id, target: hooks.url, target_type: 'HTTP', secret: SECRET, triggers: ['CAPABILITY'] },
  });
  const { id: contact_id } = await contact([['SMS', '46700000601']]);
  const answer = await client.capability.lookup({
    lookupCapabilityRequestBody: { app_id, recipient: { contact_id }, request_id: 'peer-request' },
  });
  assert.equal(answer.request_id, 'peer-request');
  const event = await hooks.next(({ trigger }) => trigger === 'CAPABILITY');
  assert.equal(event.capability_notification.channel, 'SMS');
  assert.equal(event.capability_notification.request_id, 'peer-request');
  hooks.close();
});

test('transcoding', async () => {
  const { id: app_id } = await app();
  const { transcoded_message: messages } = await client.transcoding.transcodeMessage({
    transcodeMessageRequestBody: {
      app_id,
      app_message: { location_message: { title: 'Phare', label: 'Brest', coordinates: { latitude: 47.79819, longitude: -4.3727684 } } },
      channels: ['WHATSAPP', 'SMS'],
    },
  });
  assert.deepEqual(JSON.parse(messages.WHATSAPP).location, {
    longitude: '-4.3727684', latitude: '47.79819', name: 'Phare', address: 'Brest',
  });
  assert.match(messages.SMS, /https:\/\/www\.google\.com\/maps\/search\//);
});

test('templates', async () => {
  const translation = (words) => ({
    language_code: 'en-US', version: '1', variables: [{ key: 'name', preview_value: 'Ada' }], text_message: { text: words },
  });
  const created = await client.templatesV2.create({
    createTemplateRequestBody: {
      description: 'A greeting', default_translation: 'en-US', translations: [translation('Hello ${name}')],
    },
  });
  const template_id = created.id;
  assert.equal(created.version, 1);
  const got = await client.templatesV2.get({ template_id });
  assert.deepEqual(got.translations.map(({ version }) => version).sort(), ['1', 'latest']);
  assert.ok((await client.templatesV2.list({})).templates.some(({ id }) => id === template_id));
  const { translations } = await client.templatesV2.listTranslations({ template_id, language_code: 'en-US' });
  assert.equal(translations[0].text_message.text, 'Hello ${name}');

  const updated = await client.templatesV2.update({
    template_id,
    updateTemplateRequestBody: {
      version: 1, default_translation: 'en-US', translations: [{ ...translation('Hi ${name}'), version: '2' }],
    },
  });
  assert.equal(updated.version, 2);

  const { id: app_id } = await app();
  const { message_id } = await client.messages.sendTemplateMessage({
    sendMessageRequestBody: {
      app_id,
      recipient: to(['SMS', NUMBER]),
      message: { template_message: { omni_template: { template_id, version: 'latest', parameters: { name: 'Grace' } } } },
    },
  });
  assert.equal((await delivered(message_id)).status, 'DELIVERED');

  await client.templatesV2.delete({ template_id });
  assert.equal((await refused(client.templatesV2.get({ template_id }))).statusCode, 404);
});

test('consents', async () => {
  const { id: app_id } = await app();
  assert.deepEqual(await all(client.consents.listIdentities({ app_id, list_type: 'OPT_OUT_ALL' })), []);
  const error = await refused(client.consents.listAuditRecords({ app_id, identity: '46700000701' }));
  assert.equal(error.statusCode, 404);

  await control('POST', 'consent_management', { app_id, mode: 'PRIMARY' });
  await control('POST', 'handset', { app_id, channel: 'SMS', identity: '46700000701', opt_out: 'ALL' });
  const identities = await all(client.consents.listIdentities({ app_id, list_type: 'OPT_OUT_ALL' }));
  assert.deepEqual(identities.map(({ identity }) => identity), ['46700000701']);
  const { identity, audit_records: records } = await client.consents.listAuditRecords({ app_id, identity: '46700000701' });
  assert.deepEqual(identity, { identity: '46700000701' });
  assert.deepEqual(records.map(({ list_type, operation, origin }) => [list_type, operation, origin]), [
    ['OPT_OUT_ALL', 'OPERATION_INSERT', 'ORIGIN_MO'],
  ]);
});

test('webhooks', async () => {
  const { id: app_id } = await app();
  const hooks = await receiver();
  const created = await client.webhooks.create({
    webhookCreateRequestBody: {
      app_id, target: hooks.url, target_type: 'HTTP', secret: SECRET, triggers: ['MESSAGE_DELIVERY'],
    },
  });
  const webhook_id = created.id;
  assert.equal((await client.webhooks.get({ webhook_id })).target, hooks.url);
  assert.deepEqual((await client.webhooks.list({ app_id })).webhooks.map(({ id }) => id), [webhook_id]);
  const updated = await client.webhooks.update({
    webhook_id,
    update_mask: ['triggers'],
    webhookUpdateRequestBody: { triggers: ['MESSAGE_DELIVERY', 'MESSAGE_INBOUND'] },
  });
  assert.deepEqual(updated.triggers, ['MESSAGE_DELIVERY', 'MESSAGE_INBOUND']);

  // The SDK checks signatures.
  const { message_id } = await text(app_id, to(['SMS', NUMBER]), 'Hello', { message_metadata: 'mine' });
  const receipt = await hooks.next(({ message_delivery_report: report }) => report?.status === 'DELIVERED');
  assert.equal(receipt.trigger, 'MESSAGE_DELIVERY');
  assert.equal(receipt.message_delivery_report.message_id, message_id);
  assert.equal(receipt.message_delivery_report.metadata, 'mine');
  await control('POST', 'handset', { app_id, channel: 'SMS', identity: NUMBER, text: 'Hi there' });
  const inbound = await hooks.next(({ trigger }) => trigger === 'MESSAGE_INBOUND');
  assert.equal(inbound.message.contact_message.text_message.text, 'Hi there');

  await client.webhooks.delete({ webhook_id });
  assert.equal((await refused(client.webhooks.get({ webhook_id }))).statusCode, 404);
  hooks.close();
});
