// Who is there, and what is unread, also per thread and on every device, as an unmodified client shows it.
import assert from 'node:assert/strict';
import { after, before, describe, test as testCase } from 'node:test';
import { Person } from '../support/person.mjs';
import { Server } from '../support/server.mjs';

// Each step stands on the one before: after a failure the others would only wait in vain.
let failed = null;
const test = (name, step) => testCase(name, async () => {
  if (failed !== null) throw new Error(`not reached: failed at "${failed}"`);
  try {
    await step();
  } catch (failure) {
    failed = name;
    throw failure;
  }
});

describe('two people see whether the other is there, and what they have not read', () => {
  let server, alice, bob, phone, roomId, root;

  before(async () => { server = await Server.create({ VALISE_PRESENCE_OFFLINE_AFTER: '2s' }); });
  after(async () => {
    for (const person of [alice, bob, phone]) person?.leaves();
    await server?.dispose();
  });

  const presence = (of) => alice.client.getUser(of.id)?.presence;
  const total = (person) => person.room(roomId).getRoomUnreadNotificationCount('total');
  const inThread = (person, kind = 'total') => person.room(roomId).getThreadUnreadNotificationCount(root, kind);

  test('alice, bob and bob\'s phone are in a room', async () => {
    alice = await Person.register(server.url, 'alice', 'correct horse battery');
    bob = await Person.register(server.url, 'bob', 'staple of the trade');
    await alice.syncs(20, { threadSupport: true });
    ({ room_id: roomId } = await alice.client.createRoom({ preset: 'public_chat', name: 'Watch' }));
    await bob.client.joinRoom(roomId);
    await bob.syncs(20, { threadSupport: true });
    phone = await Person.login(server.url, 'bob', bob.password);
    await phone.syncs(20, { threadSupport: true });
    await bob.sees('the room', () => bob.room(roomId)?.getMyMembership() === 'join');
    await phone.sees('the room', () => phone.room(roomId)?.getMyMembership() === 'join');
  });

  test('alice sees that bob is online', async () => {
    await alice.sees('bob online', () => presence(bob) === 'online');
    assert.equal(alice.client.getUser(bob.id).currentlyActive, true);
  });

  test('bob\'s message for the others stands beside his presence', async () => {
    await bob.client.setPresence({ presence: 'online', status_msg: 'in a meeting' });
    await alice.sees('bob in a meeting', () => alice.client.getUser(bob.id)?.presenceStatusMsg === 'in a meeting');
    const asked = await alice.client.getPresence(bob.id);
    assert.equal(asked.presence, 'online');
    assert.equal(asked.status_msg, 'in a meeting');
  });

  test('bob is away when both his devices are', async () => {
    await bob.client.setPresence({ presence: 'unavailable' });
    await phone.client.setPresence({ presence: 'unavailable' });
    await alice.sees('bob away', () => presence(bob) === 'unavailable');
    await bob.says(roomId, 'I am back');
    await alice.sees('bob online', () => presence(bob) === 'online');
  });

  test('what alice says is unread on both of bob\'s devices, until he reads it on one', async () => {
    await alice.says(roomId, 'one');
    await alice.client.sendEvent(roomId, null, 'm.room.message',
      { msgtype: 'm.text', body: 'two, bob', 'm.mentions': { user_ids: [bob.id] } });
    for (const device of [bob, phone]) {
      await device.sees('two unread', () => total(device) === 2);
      assert.equal(device.room(roomId).getRoomUnreadNotificationCount('highlight'), 1);
    }
    await bob.client.sendReadReceipt(bob.room(roomId).getLiveTimeline().getEvents().at(-1));
    for (const device of [bob, phone]) await device.sees('nothing unread', () => total(device) === 0);
    assert.equal(total(alice), 0, 'one\'s own messages count');
  });

  test('a thread is counted and read apart', async () => {
    root = await alice.says(roomId, 'the root');
    for (const device of [bob, phone]) await device.sees('the root unread', () => total(device) === 1);
    await bob.client.sendReadReceipt(bob.room(roomId).findEventById(root));
    for (const device of [bob, phone]) await device.sees('the root read', () => total(device) === 0);
    await alice.opensThread(roomId, root);
    await alice.client.sendEvent(roomId, root, 'm.room.message',
      { msgtype: 'm.text', body: 'in the thread', 'm.mentions': { user_ids: [bob.id] } });
    for (const device of [bob, phone]) {
      await device.sees('the thread unread', () => inThread(device) === 1 && inThread(device, 'highlight') === 1);
      assert.equal(total(device), 0, 'the thread counts in the main timeline too');
    }
    const reply = await bob.sees('the reply', () => bob.room(roomId).getThread(root)?.events.at(-1));
    await bob.client.sendReadReceipt(reply);
    for (const device of [bob, phone]) await device.sees('the thread read', () => inThread(device) === 0);
  });

  test('bob is gone when none of his devices syncs any more', async () => {
    bob.leaves();
    phone.leaves();
    await alice.sees('bob offline', () => presence(bob) === 'offline');
  });
});
