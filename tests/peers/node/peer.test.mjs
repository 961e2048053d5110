// The official Node SDK as a judge of the sandbox: each of its Conversation operations, and what comes back.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import './apps.mjs';
import './contacts.mjs';
import './conversations.mjs';
import './events.mjs';
import './messages.mjs';
import './others.mjs';
import { neverCalled } from './world.mjs';

// Stands last: the tests run in the order in which they are declared.
test('every operation of the SDK was called', () => {
  const deprecated = ['setHostname', 'setRegion', 'setCredentials', 'getSinchClient', 'client'];
  assert.deepEqual(neverCalled().filter((name) => !deprecated.includes(name.split('.')[1])), []);
});
