// The story of two people, told by an unmodified client: nothing lost, nothing doubled, also over a restart and a kill -9.
import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { Person } from '../support/person.mjs';
import { Server } from '../support/server.mjs';
import { steps } from '../support/steps.mjs';

describe('two people talk', () => {
  const test = steps();
  let server, alice, bob, roomId;
  const said = []; // every text whose sending was acknowledged, in order

  before(async () => { server = await Server.create(); });
  after(async () => {
    alice?.leaves();
    bob?.leaves();
    await server?.dispose();
  });

  // Says it after having seen what was said before: a client shows its own messages where it sent them, not where they ended up.
  async function say(person, text) {
    await person.sees('what was said before', () => said.length === 0 || person.texts(roomId).includes(said.at(-1)));
    const eventId = await person.says(roomId, text);
    said.push(text);
    return eventId;
  }

  async function bothSeeEverything() {
    for (const person of [alice, bob]) {
      await person.sees(`"${said.at(-1)}"`, () => person.texts(roomId).includes(said.at(-1)));
      assert.deepEqual(person.texts(roomId).sort(), [...said].sort());
    }
  }

  test('they register', async () => {
    alice = await Person.register(server.url, 'alice', 'correct horse battery');
    bob = await Person.register(server.url, 'bob', 'staple of the trade');
    assert.equal(alice.id, '@alice:localhost');
    assert.equal((await bob.client.whoami()).user_id, '@bob:localhost');
    await assert.rejects(Person.register(server.url, 'alice', 'another'), { errcode: 'M_USER_IN_USE' });
    await Promise.all([alice.syncs(), bob.syncs()]);
  });

  test('alice creates a room and invites bob, who joins', async () => {
    ({ room_id: roomId } = await alice.client.createRoom({ preset: 'private_chat', name: 'Dispatches', topic: 'What is in the bag' }));
    await alice.client.invite(roomId, bob.id);
    await bob.sees('the invitation', () => bob.room(roomId)?.getMyMembership() === 'invite');
    assert.equal(bob.room(roomId).name, 'Dispatches');
    await bob.client.joinRoom(roomId);
    await bob.sees('himself in the room', () => bob.room(roomId)?.getMyMembership() === 'join');
    await alice.sees('bob in the room', () => alice.room(roomId)?.getMember(bob.id)?.membership === 'join');
  });

  test('they talk both ways, at the same time, and see the same conversation', async () => {
    for (let i = 0; i < 12; i++) await say(i % 2 ? alice : bob, `message ${i}`);
    await bothSeeEverything();

    const atOnce = [...Array(10).keys()].map((i) => `at once ${i}`);
    await Promise.all(atOnce.map((text, i) => (i % 2 ? alice : bob).says(roomId, text)));
    for (const person of [alice, bob]) {
      await person.sees('all that was said at once', () => atOnce.every((text) => person.texts(roomId).includes(text)));
      assert.deepEqual(person.texts(roomId).slice(said.length).sort(), atOnce);
    }
    const { chunk } = await alice.asks('GET', `/rooms/${encodeURIComponent(roomId)}/messages`, { dir: 'b', limit: '10' });
    said.push(...chunk.reverse().map((event) => event.content.body));
    assert.deepEqual(said.slice(-10).sort(), atOnce);
  });

  test('the same transaction sent twice is one message', async () => {
    const send = () => alice.asks('PUT', `/rooms/${encodeURIComponent(roomId)}/send/m.room.message/once`, undefined,
      { msgtype: 'm.text', body: 'only once' });
    const [first, second] = await Promise.all([send(), send()]);
    assert.equal(second.event_id, first.event_id);
    assert.equal((await send()).event_id, first.event_id);
    said.push('only once');
    await bothSeeEverything();
  });

  test('bob sees unread messages, reads them, and alice sees that he did', async () => {
    await say(alice, 'have you read this?');
    const room = bob.room(roomId);
    await bob.sees('the message', () => bob.texts(roomId).includes('have you read this?'));
    await bob.sees('an unread count', () => room.getUnreadNotificationCount('total') > 0);
    const last = room.getLiveTimeline().getEvents().at(-1);
    await bob.client.sendReadReceipt(last);
    await bob.sees('nothing unread', () => room.getUnreadNotificationCount('total') === 0);
    await alice.sees('the receipt', () => alice.room(roomId).getEventReadUpTo(bob.id) === last.getId());
  });

  test('alice sees bob typing', async () => {
    await bob.client.sendTyping(roomId, true, 20_000);
    await alice.sees('bob typing', () => alice.room(roomId).getMember(bob.id)?.typing);
    await bob.client.sendTyping(roomId, false, 0);
    await alice.sees('bob no longer typing', () => !alice.room(roomId).getMember(bob.id)?.typing);
  });

  test('bob reacts to a message, and alice sees it', async () => {
    const eventId = await say(alice, 'worth a reaction');
    await bob.client.sendEvent(roomId, null, 'm.reaction',
      { 'm.relates_to': { rel_type: 'm.annotation', event_id: eventId, key: '👍' } });
    await alice.sees('the reaction', () => alice.room(roomId).getLiveTimeline().getEvents()
      .some((event) => event.getType() === 'm.reaction' && event.getRelation()?.event_id === eventId && event.getSender() === bob.id));
  });

  test('alice takes a message back, and it is empty for both', async () => {
    const eventId = await alice.says(roomId, 'a slip of the tongue');
    await bob.sees('the slip', () => bob.texts(roomId).includes('a slip of the tongue'));
    await alice.client.redactEvent(roomId, eventId, undefined, { reason: 'a slip' });
    for (const person of [alice, bob]) {
      await person.sees('the redaction', () => person.room(roomId).findEventById(eventId)?.isRedacted());
      assert.deepEqual(person.room(roomId).findEventById(eventId).getContent(), {});
    }
    const stored = await bob.client.fetchRoomEvent(roomId, eventId);
    assert.deepEqual(stored.content, {});
    assert.equal(stored.unsigned.redacted_because.content.reason ?? stored.unsigned.redacted_because.reason, 'a slip');
    await assert.rejects(bob.client.redactEvent(roomId, alice.room(roomId).getLiveTimeline().getEvents().at(0).getId()),
      { errcode: 'M_FORBIDDEN' });
  });

  for (const [how, end] of [['a restart', 'stop'], ['kill -9', 'kill']]) {
    test(`they go on over ${how} of the server, with the same sessions`, async () => {
      await say(alice, `before ${how}`);
      await bothSeeEverything();
      const started = `while ${how}`;
      await server[end]();
      await assert.rejects(alice.says(roomId, started)); // stays on alice's screen as not sent
      await server.start();
      for (const person of [alice, bob]) person.client.retryImmediately(); // by itself it waits some seconds

      const room = alice.room(roomId);
      const unsent = room.getLiveTimeline().getEvents().find((event) => event.status === 'not_sent');
      assert.equal(unsent.getContent().body, started);
      await alice.client.resendEvent(unsent, room);
      said.push(started);
      await say(bob, `after ${how}`);
      await bothSeeEverything();
    });
  }

  test('a client that was not there scrolls up through every message, each once', async () => {
    const bobsPhone = await Person.login(server.url, 'bob', bob.password);
    try {
      await bobsPhone.syncs(3);
      await bobsPhone.sees('the room', () => bobsPhone.room(roomId));
      const pages = await bobsPhone.scrollsToTheStart(roomId);
      assert.equal(new Set(pages).size, pages.length, 'an event came twice');
      assert.deepEqual(bobsPhone.texts(roomId), said);
      assert.equal((await bobsPhone.asks('GET', '/joined_rooms')).joined_rooms[0], roomId);
    } finally {
      await bobsPhone.client.logout(true);
    }
  });

  test('bob leaves, and what is said then stays unknown to him', async () => {
    await bob.client.leave(roomId);
    await alice.sees('bob gone', () => alice.room(roomId).getMember(bob.id)?.membership === 'leave');
    await alice.says(roomId, 'he is gone');
    await assert.rejects(bob.says(roomId, 'am I?'), { errcode: 'M_FORBIDDEN' });
    const { chunk } = await bob.asks('GET', `/rooms/${encodeURIComponent(roomId)}/messages`, { dir: 'b', limit: '100' });
    assert.ok(!chunk.some((event) => event.content.body === 'he is gone'));
  });
});
