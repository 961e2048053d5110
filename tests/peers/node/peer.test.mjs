// Runs each Conversation operation of the official Node SDK against the sandbox.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import './apps.mjs';
import './contacts.mjs';
import './conversations.mjs';
import './events.mjs';
import './messages.mjs';
import './others.mjs';
import { neverCalled } from './world.mjs';

// Must be last: the tests run in the order of their declaration.
test('every operation of the SDK was called', () => {
  const deprecated = ['setHostname', 'setRegion', 'setCredentials', 'getSinchClient', 'client'];
  assert.deepEqual(neverCalled().filter((name) => !deprecated.includes(name.split('.')[1])), []);
});
