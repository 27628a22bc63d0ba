// Encrypted conversations between unmodified clients: everybody who may read can read, also on a new device, and nobody else.
import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { Correspondent, verifyByEmoji } from '../support/correspondent.mjs';
import { until } from '../support/person.mjs';
import { Server } from '../support/server.mjs';
import { steps } from '../support/steps.mjs';

describe('people write each other encrypted', () => {
  const test = steps();
  const present = new Set(); // every client that was started
  let server, alice, bob, carol, roomId, recoveryKey;
  const said = [];

  before(async () => { server = await Server.create(); });
  after(async () => {
    for (const person of present) person.leaves();
    await server?.dispose();
  });

  async function arrives(arriving) {
    const person = await arriving;
    present.add(person);
    await person.syncs();
    return person;
  }

  const registers = (name) => arrives(Correspondent.register(server.url, name, `password of ${name}`));
  const logsIn = (name) => arrives(Correspondent.login(server.url, name, `password of ${name}`));

  async function everybodyReads(people, texts) {
    for (const person of people) await person.reads(roomId, texts);
  }

  async function say(person, text) {
    await person.says(roomId, text);
    said.push(text);
  }

  test('two people register, and their devices publish keys', async () => {
    alice = await registers('alice');
    bob = await registers('bob');
    recoveryKey = await alice.setsUpRecovery();
    const devices = await alice.crypto.getUserDeviceInfo([bob.id], true);
    assert.deepEqual([...devices.get(bob.id).keys()], [bob.deviceId]);
  });

  test('messages go both ways, and the server has none of them in the clear', async () => {
    roomId = await alice.opensEncryptedRoom({ name: 'Sealed', initial_state: [
      { type: 'm.room.encryption', state_key: '', content: { algorithm: 'm.megolm.v1.aes-sha2' } },
      { type: 'm.room.history_visibility', state_key: '', content: { history_visibility: 'joined' } }] });
    await alice.client.invite(roomId, bob.id);
    await bob.sees('the invitation', () => bob.room(roomId)?.getMyMembership() === 'invite');
    await bob.joins(roomId);
    await alice.sees('bob in the room', () => alice.room(roomId).getMember(bob.id)?.membership === 'join');
    for (let i = 0; i < 10; i++) await say(i % 2 ? alice : bob, `sealed ${i}`);
    await everybodyReads([alice, bob], said);
    const { chunk } = await bob.asks('GET', `/rooms/${encodeURIComponent(roomId)}/messages`, { dir: 'b', limit: '10' });
    assert.ok(chunk.every((event) => event.type === 'm.room.encrypted' && !JSON.stringify(event).includes('sealed')));
  });

  test('a new member reads from then on', async () => {
    carol = await registers('carol');
    await alice.client.invite(roomId, carol.id);
    await carol.sees('the invitation', () => carol.room(roomId)?.getMyMembership() === 'invite');
    await carol.joins(roomId);
    for (const person of [alice, bob]) {
      await person.sees('carol in the room', () => person.room(roomId).getMember(carol.id)?.membership === 'join');
    }
    const welcome = ['welcome', 'thank you', 'who is this?'];
    await say(alice, welcome[0]);
    await carol.reads(roomId, [welcome[0]]);
    await say(carol, welcome[1]);
    await say(bob, welcome[2]);
    await everybodyReads([alice, bob], said);
    await carol.reads(roomId, welcome);
    assert.ok(!carol.texts(roomId).some((text) => text.startsWith('sealed')));
  });

  // Other devices put their keys into the backup when they get round to it: up to ten seconds later.
  async function readsFromTheBackup(person) {
    await until('the backup has the keys of all that was said', async () => {
      await person.crypto.restoreKeyBackup();
      return said.every((text) => person.texts(roomId).includes(text));
    }, 60_000);
    await person.reads(roomId, said);
  }

  test('a device that is added later reads the history, after recovery with the recovery key', async () => {
    await until('the keys of three senders are in the backup',
      async () => (await alice.asks('GET', '/room_keys/version')).count >= 3, 60_000);
    const laptop = await logsIn('alice');
    await laptop.sees('the room', () => laptop.room(roomId));
    const restored = await laptop.recovers(recoveryKey);
    assert.ok(restored.imported >= 3 && restored.imported === restored.total, JSON.stringify(restored));
    assert.ok((await laptop.crypto.getDeviceVerificationStatus(laptop.id, laptop.deviceId)).crossSigningVerified);
    await laptop.scrollsToTheStart(roomId);
    await readsFromTheBackup(laptop);
    await until('bob knows the laptop', () => bob.knows(alice.id, laptop.deviceId));
    await say(laptop, 'from the laptop');
    await say(bob, 'to the laptop, too');
    await everybodyReads([alice, bob, laptop], said);
    laptop.leaves();
  });

  test('two devices verify each other by emoji, and the new one gets the secrets', async () => {
    const phone = await logsIn('alice');
    await phone.crypto.userHasCrossSigningKeys(phone.id, true);
    assert.ok(!(await phone.crypto.isCrossSigningReady()));
    await verifyByEmoji(phone, alice);
    await until('the phone has the secrets', async () =>
      (await phone.crypto.getDeviceVerificationStatus(phone.id, phone.deviceId))?.crossSigningVerified
        && (await phone.crypto.getSessionBackupPrivateKey()) !== null);
    await phone.crypto.checkKeyBackupAndEnable();
    await phone.sees('the room', () => phone.room(roomId));
    await phone.scrollsToTheStart(roomId);
    await readsFromTheBackup(phone);
    phone.leaves();
  });

  test('a deleted device is sent no more keys', async () => {
    const tablet = await logsIn('bob');
    await tablet.sees('the room', () => tablet.room(roomId));
    await until('alice knows the tablet', () => alice.knows(bob.id, tablet.deviceId));
    alice.sentTo(bob.id);
    await say(alice, 'for the tablet, too');
    await tablet.sees('the message', () => tablet.texts(roomId).includes('for the tablet, too'));
    assert.ok(alice.sentTo(bob.id).has(tablet.deviceId));
    tablet.leaves();
    await bob.forgets(tablet.deviceId);
    await until('alice learns that the tablet is gone',
      async () => !(await alice.knows(bob.id, tablet.deviceId)));
    await say(alice, 'not for the tablet');
    await everybodyReads([alice, bob], said);
    const devices = alice.sentTo(bob.id);
    assert.ok(devices.has(bob.deviceId), 'a new key is sent to the devices that are left');
    assert.ok(!devices.has(tablet.deviceId));
  });

  test('a fallback key is used when all one-time keys are gone', async () => {
    bob.goesOffline();
    const claim = { one_time_keys: { [bob.id]: { [bob.deviceId]: 'signed_curve25519' } } };
    const gets = async () => {
      const { one_time_keys: keys } = await carol.asks('POST', '/keys/claim', undefined, claim);
      return Object.values(keys[bob.id][bob.deviceId])[0];
    };
    for (let claims = 0; !(await gets()).fallback; claims++) assert.ok(claims < 200, 'the one-time keys never end');
    const dave = await registers('dave');
    await alice.client.invite(roomId, dave.id);
    await dave.sees('the invitation', () => dave.room(roomId)?.getMyMembership() === 'invite');
    await dave.joins(roomId);
    await say(dave, 'by the fallback key');
    bob.comesBack();
    await everybodyReads([alice, bob, carol, dave], ['by the fallback key']);
    await until('bob has uploaded new one-time keys', async () => !(await gets()).fallback);
  });

  test('a dehydrated device receives keys while nobody is logged in', async () => {
    const frank = await registers('frank');
    const key = await frank.setsUpRecovery();
    assert.ok(await frank.crypto.isDehydrationSupported());
    await frank.crypto.startDehydration();
    await alice.client.invite(roomId, frank.id);
    await frank.sees('the invitation', () => frank.room(roomId)?.getMyMembership() === 'invite');
    await frank.joins(roomId);
    await alice.sees('frank in the room', () => alice.room(roomId).getMember(frank.id)?.membership === 'join');
    await frank.client.logout(true);
    await say(alice, 'while frank is away');

    const back = await logsIn('frank');
    await back.recovers(key);
    await back.crypto.startDehydration({ rehydrate: true });
    await back.reads(roomId, ['while frank is away']);
    back.leaves();
  });

  for (const [how, end] of [['a restart', 'stop'], ['kill -9', 'kill']]) {
    test(`they go on over ${how} of the server`, async () => {
      await say(alice, `before ${how}`);
      await server[end]();
      await server.start();
      for (const person of [alice, bob]) person.client.retryImmediately(); // by itself it waits some seconds
      await say(bob, `after ${how}, from bob`);
      await say(alice, `after ${how}, from alice`);
      const erin = await registers(`erin-${end}`);
      await alice.client.invite(roomId, erin.id);
      await erin.sees('the invitation', () => erin.room(roomId)?.getMyMembership() === 'invite');
      await erin.joins(roomId);
      await alice.sees('erin in the room', () => alice.room(roomId).getMember(erin.id)?.membership === 'join');
      await say(alice, `after ${how}, to erin`);
      await erin.reads(roomId, [`after ${how}, to erin`]);
      await everybodyReads([alice, bob], said);
      erin.leaves();
    });
  }
});
