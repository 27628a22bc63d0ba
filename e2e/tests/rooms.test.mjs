// What an unmodified client does with rooms beyond talking: threads, edits and reactions, spaces, knocking, upgrades.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import * as sdk from 'matrix-js-sdk';
import { Person } from '../support/person.mjs';
import { Server } from '../support/server.mjs';

const text = (body) => ({ msgtype: 'm.text', body });
const within = (relType, eventId, content) => ({ ...content, 'm.relates_to': { rel_type: relType, event_id: eventId } });

describe('rooms', () => {
  let server, alice, bob;

  before(async () => {
    server = await Server.create();
    alice = await Person.register(server.url, 'alice', 'correct horse battery');
    bob = await Person.register(server.url, 'bob', 'staple of the trade');
    await Promise.all([alice, bob].map((person) => person.syncs(20, { threadSupport: true })));
  });
  after(async () => {
    alice?.leaves();
    bob?.leaves();
    await server?.dispose();
  });

  // A room that both are in and see.
  async function roomOfBoth(options = {}) {
    const { room_id: roomId } = await alice.client.createRoom({ preset: 'public_chat', ...options });
    await bob.client.joinRoom(roomId);
    for (const person of [alice, bob]) {
      await person.sees('the room', () => person.room(roomId)?.getMyMembership() === 'join');
    }
    return roomId;
  }

  async function sends(person, roomId, type, content) {
    return (await person.client.sendEvent(roomId, null, type, content)).event_id;
  }

  test('a thread shows with its latest message, its length and who took part', async () => {
    const roomId = await roomOfBoth();
    const root = await alice.says(roomId, 'shall we meet?');
    await bob.opensThread(roomId, root);
    for (const body of ['yes', 'where?', 'here']) {
      await sends(bob, roomId, 'm.room.message', within('m.thread', root, text(body)));
    }
    const thread = await alice.sees('the thread', () => {
      const found = alice.room(roomId).getThread(root);
      return found?.length === 3 && found.replyToEvent?.getContent().body === 'here' ? found : null;
    });
    assert.equal(thread.rootEvent.getId(), root);
    assert.equal(alice.room(roomId).getLiveTimeline().getEvents().some((event) => event.getContent().body === 'where?'), false);

    const { chunk } = await bob.client.createThreadListMessagesRequest(roomId, null, 10);
    assert.deepEqual(chunk.map((event) => event.event_id), [root]);
    const summary = chunk[0].unsigned['m.relations']['m.thread'];
    assert.equal(summary.count, 3);
    assert.equal(summary.latest_event.content.body, 'here');
    assert.equal(summary.current_user_participated, true);
  });

  test('someone who comes later finds the whole thread', async () => {
    const roomId = await roomOfBoth();
    const root = await alice.says(roomId, 'the root');
    for (const person of [alice, bob]) await person.opensThread(roomId, root);
    for (let i = 0; i < 25; i++) {
      await sends(i % 2 ? alice : bob, roomId, 'm.room.message', within('m.thread', root, text(`reply ${i}`)));
    }
    const tablet = await Person.login(server.url, 'bob', bob.password);
    try {
      await tablet.syncs(5, { threadSupport: true });
      const bodies = [];
      let from;
      do {
        const page = await tablet.client.relations(roomId, root, 'm.thread', null, { limit: 10, from });
        bodies.push(...page.events.map((event) => event.getContent().body));
        from = page.nextBatch;
      } while (from);
      assert.deepEqual(bodies, [...Array(25).keys()].map((i) => `reply ${24 - i}`));
    } finally {
      tablet.leaves();
    }
  });

  test('an edit replaces what everybody reads, and taking it back brings the first words back', async () => {
    const roomId = await roomOfBoth();
    const original = await alice.says(roomId, 'teh word');
    const edit = await sends(alice, roomId, 'm.room.message',
      within('m.replace', original, { ...text('* the word'), 'm.new_content': text('the word') }));
    const shown = () => bob.room(roomId).findEventById(original)?.getContent().body;
    await bob.sees('the edit', () => shown() === 'the word');
    const stored = await bob.client.fetchRoomEvent(roomId, original);
    assert.equal(stored.content.body, 'teh word');
    assert.equal(stored.unsigned['m.relations']['m.replace'].event_id, edit);
    await alice.client.redactEvent(roomId, edit);
    await bob.sees('the first words', () => shown() === 'teh word');
    assert.equal((await bob.client.fetchRoomEvent(roomId, original)).unsigned['m.relations'], undefined);
  });

  test('the same reaction is refused a second time', async () => {
    const roomId = await roomOfBoth();
    const message = await alice.says(roomId, 'good news');
    const reaction = { 'm.relates_to': { rel_type: 'm.annotation', event_id: message, key: '🎉' } };
    await sends(bob, roomId, 'm.reaction', reaction);
    await assert.rejects(sends(bob, roomId, 'm.reaction', reaction), { errcode: 'M_DUPLICATE_ANNOTATION' });
    await alice.sees('the reaction', () => alice.room(roomId).relations
      .getChildEventsForEvent(message, 'm.annotation', 'm.reaction')?.getSortedAnnotationsByKey()?.[0]?.[1].size === 1);
  });

  test('a space shows its rooms to those who may know of them', async () => {
    const { room_id: space } = await alice.client.createRoom({
      preset: 'public_chat', name: 'Ministry', creation_content: { type: 'm.space' } });
    const { room_id: open } = await alice.client.createRoom({ preset: 'public_chat', name: 'Lobby' });
    const { room_id: secret } = await alice.client.createRoom({ preset: 'private_chat', name: 'Cabinet' });
    const { room_id: members } = await alice.client.createRoom({ preset: 'private_chat', name: 'Corridor',
      initial_state: [{ type: 'm.room.join_rules', state_key: '',
        content: { join_rule: 'restricted', allow: [{ type: 'm.room_membership', room_id: space }] } }] });
    for (const child of [open, secret, members]) {
      await alice.client.sendStateEvent(space, 'm.space.child', { via: ['localhost'] }, child);
    }
    const names = async () => (await bob.client.getRoomHierarchy(space)).rooms.map((room) => room.name);
    assert.deepEqual(await names(), ['Ministry', 'Lobby']);
    await assert.rejects(bob.client.joinRoom(members), { errcode: 'M_FORBIDDEN' });
    await bob.client.joinRoom(space);
    assert.deepEqual(await names(), ['Ministry', 'Lobby', 'Corridor']);
    await bob.client.joinRoom(members);
    const join = await bob.client.getStateEvent(members, 'm.room.member', bob.id);
    assert.equal(join.join_authorised_via_users_server, alice.id);
    const space4bob = await bob.sees('the space', () => bob.room(space)?.isSpaceRoom() ? bob.room(space) : null);
    assert.equal(space4bob.name, 'Ministry');
  });

  test('someone knocks, takes it back, knocks again and is let in', async () => {
    const { room_id: roomId } = await alice.client.createRoom({ preset: 'private_chat', name: 'Behind the door',
      initial_state: [{ type: 'm.room.join_rules', state_key: '', content: { join_rule: 'knock' } }] });
    await assert.rejects(bob.client.joinRoom(roomId), { errcode: 'M_FORBIDDEN' });
    await bob.client.knockRoom(roomId, { reason: 'it is raining' });
    await bob.sees('that he knocks', () => bob.room(roomId)?.getMyMembership() === 'knock');
    assert.equal(bob.room(roomId).name, 'Behind the door');
    await alice.sees('the knock', () => alice.room(roomId)?.getMember(bob.id)?.membership === 'knock');
    assert.equal(alice.room(roomId).getMember(bob.id).events.member.getContent().reason, 'it is raining');
    await bob.client.leave(roomId);
    await alice.sees('that the knock is taken back', () => alice.room(roomId).getMember(bob.id)?.membership === 'leave');
    // The SDK does not knock where it believes to be knocking still.
    await bob.sees('that he knocks no more', () => bob.room(roomId)?.getMyMembership() === 'leave');
    await bob.client.knockRoom(roomId);
    await alice.sees('the second knock', () => alice.room(roomId).getMember(bob.id)?.membership === 'knock');
    await alice.client.invite(roomId, bob.id);
    await bob.sees('the invitation', () => bob.room(roomId)?.getMyMembership() === 'invite');
    await bob.client.joinRoom(roomId);
    await bob.sees('himself in the room', () => bob.room(roomId)?.getMyMembership() === 'join');
  });

  test('an upgraded room leads to the new one, and what bob set for it goes along', async () => {
    const roomId = await roomOfBoth({ name: 'Old hall', room_version: '11', room_alias_name: 'hall' });
    await bob.client.setRoomTag(roomId, 'm.favourite', { order: 0.5 });
    await bob.client.setRoomMutePushRule('global', roomId, true);
    await bob.sees('his push rule', () => bob.client.getRoomPushRule('global', roomId));
    const { replacement_room: made } = await alice.client.upgradeRoom(roomId, '12');
    await bob.sees('the tombstone', () => bob.room(roomId).currentState
      .getStateEvents('m.room.tombstone', '')?.getContent().replacement_room === made);
    await assert.rejects(bob.says(roomId, 'too late'), { errcode: 'M_FORBIDDEN' });
    assert.equal((await bob.client.getRoomIdForAlias('#hall:localhost')).room_id, made);
    await bob.client.joinRoom(made);
    const hall = await bob.sees('the new room', () => bob.room(made)?.getMyMembership() === 'join' ? bob.room(made) : null);
    assert.equal(hall.name, 'Old hall');
    assert.equal(hall.getVersion(), '12');
    assert.equal(hall.findPredecessor().roomId, roomId);
    await bob.sees('his tag there', () => hall.tags['m.favourite']);
    await bob.client.getPushRules().then((rules) => bob.client.setPushRules(rules));
    await bob.sees('his push rule there', () => bob.client.getRoomPushRule('global', made));
  });

  test('a preview and a date lead into a room', async () => {
    const roomId = await roomOfBoth({ name: 'Archive' });
    const event = await alice.says(roomId, 'the day it began');
    const { origin_server_ts: ts } = await alice.client.fetchRoomEvent(roomId, event);
    assert.equal((await bob.client.timestampToEvent(roomId, ts, sdk.Direction.Backward)).event_id, event);
    const summary = await bob.client.getRoomSummary(roomId);
    assert.equal(summary.name, 'Archive');
    assert.equal(summary.membership, 'join');
    assert.equal(summary.num_joined_members, 2);
  });
});
