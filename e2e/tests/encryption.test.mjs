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

  test('a device that is added later reads the history, after recovery with the recovery key', async () => {
    await until('the keys of three senders are in the backup',
      async () => (await alice.asks('GET', '/room_keys/version')).count >= 3, 60_000);
    const laptop = await logsIn('alice');
    await laptop.sees('the room', () => laptop.room(roomId));
    const restored = await laptop.recovers(recoveryKey);
    assert.ok(restored.imported >= 3 && restored.imported === restored.total, JSON.stringify(restored));
    assert.ok((await laptop.crypto.getDeviceVerificationStatus(laptop.id, laptop.deviceId)).crossSigningVerified);
    await laptop.scrollsToTheStart(roomId);
    await laptop.reads(roomId, said);
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
    await until("the laptop's key is in the backup, too",
      async () => (await alice.asks('GET', '/room_keys/version')).count >= 4, 60_000);
    await phone.crypto.checkKeyBackupAndEnable();
    await phone.crypto.restoreKeyBackup();
    await phone.sees('the room', () => phone.room(roomId));
    await phone.scrollsToTheStart(roomId);
    await phone.reads(roomId, said);
    phone.leaves();
  });
});
