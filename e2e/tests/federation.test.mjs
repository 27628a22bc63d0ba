// Unmodified clients of two organizations' servers write each other encrypted, while one server or the other is down: everybody who
// may read can read everything in the end.
import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { Correspondent } from '../support/correspondent.mjs';
import { Organizations } from '../support/organizations.mjs';
import { until } from '../support/person.mjs';
import { steps } from '../support/steps.mjs';

const OUTAGE = 120_000; // until servers have found each other again

describe('people of two organizations write each other encrypted', () => {
  const test = steps();
  const present = new Set(); // every client that was started
  let organizations, alice, bob, phone, roomId;
  const said = [];

  before(async () => { organizations = await Organizations.create('finance', 'culture'); });
  after(async () => {
    for (const person of present) person.leaves();
    await organizations?.dispose();
  });

  async function arrives(arriving) {
    const person = await arriving;
    present.add(person);
    await person.syncs();
    return person;
  }

  const at = (organization) => organizations.server(organization).url;
  const registers = (name, where) => arrives(Correspondent.register(at(where), name, `password of ${name}`));

  async function say(person, text) {
    await person.says(roomId, text);
    said.push(text);
  }

  // A new key for what is said next, which every device has to be sent.
  const takesANewKey = (person) => person.crypto.forceDiscardSession(roomId);

  async function everybodyReads(...people) {
    for (const person of people) {
      await until(`${person.id} reads everything`, () => said.every((text) => person.texts(roomId).includes(text)), OUTAGE)
        .catch((error) => { throw new Error(`${error.message}; cannot decrypt ${person.undecryptable(roomId)}`); });
      await person.reads(roomId, said);
    }
  }

  test('they learn of each other\'s devices', async () => {
    alice = await registers('alice', 'finance');
    bob = await registers('bob', 'culture');
    await alice.setsUpRecovery();
    await bob.setsUpRecovery();
    const devices = await alice.crypto.getUserDeviceInfo([bob.id], true);
    assert.deepEqual([...devices.get(bob.id).keys()], [bob.deviceId]);
    assert.ok(await alice.crypto.userHasCrossSigningKeys(bob.id, true));
  });

  test('messages go both ways', async () => {
    roomId = await alice.opensEncryptedRoom({ name: 'Sealed' });
    await alice.client.invite(roomId, bob.id);
    await bob.sees('the invitation', () => bob.room(roomId)?.getMyMembership() === 'invite');
    await bob.joins(roomId);
    await alice.sees('bob in the room', () => alice.room(roomId).getMember(bob.id)?.membership === 'join');
    for (let i = 0; i < 10; i++) {
      if (i % 3 === 0) await takesANewKey(i % 2 ? alice : bob);
      await say(i % 2 ? alice : bob, `sealed ${i}`);
    }
    await everybodyReads(alice, bob);
  });

  test('what is said while the other server is down is read when it is back', async () => {
    await organizations.server('culture').kill();
    await takesANewKey(alice);
    for (let i = 0; i < 3; i++) await say(alice, `while culture is down ${i}`);
    await organizations.server('culture').start();
    await everybodyReads(alice, bob);
    await takesANewKey(bob);
    await say(bob, 'culture is back');
    await everybodyReads(alice, bob);
  });

  test('a device that is added while the other server is down is sent keys when it is back', async () => {
    await organizations.server('finance').stop();
    phone = await arrives(Correspondent.login(at('culture'), 'bob', 'password of bob'));
    await takesANewKey(bob);
    await say(bob, 'while finance is down');
    await organizations.server('finance').start();
    await everybodyReads(alice, bob);
    await until('alice knows the phone', () => alice.knows(bob.id, phone.deviceId), OUTAGE);
    await takesANewKey(alice);
    await say(alice, 'for the phone, too');
    await everybodyReads(alice, bob);
    await phone.sees('the message', () => phone.texts(roomId).includes('for the phone, too'));
  });

  test('a device that is gone is sent no more keys', async () => {
    phone.leaves();
    await bob.forgets(phone.deviceId);
    await until('alice learns that the phone is gone', async () => !(await alice.knows(bob.id, phone.deviceId)), OUTAGE);
    alice.sentTo(bob.id);
    await takesANewKey(alice);
    await say(alice, 'not for the phone');
    await everybodyReads(alice, bob);
    const devices = alice.sentTo(bob.id);
    assert.ok(devices.has(bob.deviceId) && !devices.has(phone.deviceId), [...devices].join());
  });
});
