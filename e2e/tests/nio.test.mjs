// An encrypted room in which one writes with matrix-js-sdk (Rust crypto) and another with matrix-nio (Olm).
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, describe } from 'node:test';
import { Correspondent } from '../support/correspondent.mjs';
import { NioPerson } from '../support/nio.mjs';
import { Person, until } from '../support/person.mjs';
import { Server } from '../support/server.mjs';
import { steps } from '../support/steps.mjs';

const skip = spawnSync('/usr/bin/python3', ['-c', 'import nio, olm']).status !== 0 && 'matrix-nio is not installed';

describe('two implementations share an encrypted room', { skip }, () => {
  const test = steps();
  let server, alice, nina, carol, roomId;
  const said = [];

  before(async () => { server = await Server.create(); });
  after(async () => {
    alice?.leaves();
    carol?.leaves();
    await nina?.leaves();
    await server?.dispose();
  });

  async function say(person, text) {
    await person.says(roomId, text);
    said.push(text);
  }

  async function bothRead() {
    await alice.reads(roomId, said);
    await nina.reads(roomId, said);
  }

  test('one registers with each', async () => {
    alice = await Correspondent.register(server.url, 'alice', 'correct horse battery');
    await alice.syncs();
    const { client } = await Person.register(server.url, 'nina', 'staple of the trade');
    nina = await NioPerson.login(server.url, 'nina', 'staple of the trade');
    assert.equal(nina.id, '@nina:localhost');
    await client.logout(true);
  });

  test('messages go both ways', async () => {
    roomId = await alice.opensEncryptedRoom();
    await alice.client.invite(roomId, nina.id);
    await nina.joins(roomId);
    await alice.sees('nina in the room', () => alice.room(roomId).getMember(nina.id)?.membership === 'join');
    await nina.seesMember(roomId, alice.id);
    for (let i = 0; i < 6; i++) await say(i % 2 ? nina : alice, `across ${i}`);
    await bothRead();
  });

  test('a new member reads both', async () => {
    carol = await Correspondent.register(server.url, 'carol', 'password of carol');
    await carol.syncs();
    await alice.client.invite(roomId, carol.id);
    await carol.sees('the invitation', () => carol.room(roomId)?.getMyMembership() === 'invite');
    await carol.joins(roomId);
    await alice.sees('carol in the room', () => alice.room(roomId).getMember(carol.id)?.membership === 'join');
    await nina.seesMember(roomId, carol.id);
    await say(alice, 'welcome, says alice');
    await say(nina, 'welcome, says nina');
    await carol.sees('both', () => said.slice(-2).every((text) => carol.texts(roomId).includes(text)));
    await say(carol, 'thank you both');
    await bothRead();
  });

  test('a device of nina that is deleted gets no more keys, and her other one reads on', async () => {
    const other = await NioPerson.login(server.url, 'nina', 'staple of the trade');
    try {
      await until("alice knows nina's other device", () => alice.knows(nina.id, other.deviceId));
      alice.sentTo(nina.id);
      await say(alice, 'to both of your devices');
      await other.hears(roomId, 'to both of your devices');
      assert.ok(alice.sentTo(nina.id).has(other.deviceId));
      await other.logsOut();
      await until('alice learns that the device is gone',
        async () => !(await alice.knows(nina.id, other.deviceId)));
      await say(alice, 'to the one that is left');
      assert.deepEqual(alice.sentTo(nina.id), new Set([nina.deviceId]));
      await bothRead();
    } finally {
      await other.leaves();
    }
  });

  test('a device of alice that is deleted is known to nina as gone', async () => {
    const laptop = await Correspondent.login(server.url, 'alice', 'correct horse battery');
    await laptop.syncs();
    await nina.seesDevices(alice.id, "alice's laptop", (devices) => devices.includes(laptop.deviceId));
    await say(nina, 'to your laptop, too');
    await laptop.sees('the message', () => laptop.texts(roomId).includes('to your laptop, too'));
    laptop.leaves();
    await alice.forgets(laptop.deviceId);
    await nina.seesDevices(alice.id, "alice's laptop gone", (devices) => !devices.includes(laptop.deviceId));
    await say(nina, 'not to your laptop');
    await bothRead();
  });

  test('they go on over a restart of the server', async () => {
    await server.stop();
    await server.start();
    await say(alice, 'after the restart, says alice');
    await say(nina, 'after the restart, says nina');
    await bothRead();
  });
});
