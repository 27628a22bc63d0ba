// A person at an unmodified Matrix client (matrix-js-sdk), and what the tests ask of one.
import * as sdk from 'matrix-js-sdk';
import { logger } from 'matrix-js-sdk/lib/logger.js';

const silent = { trace() {}, debug() {}, info() {}, log() {}, warn() {}, error() {}, getChild: () => silent };
logger.setLevel('silent');
logger.getChild = () => silent;
const PATIENCE = 30_000;

export class Person {
  constructor(client, password) {
    this.client = client;
    this.password = password;
  }

  // Registers, as a client with no account does: ask, be told the flows, answer the dummy stage.
  // The options are those of the SDK's createClient.
  static async register(baseUrl, username, password, options = {}) {
    const anonymous = sdk.createClient({ baseUrl, logger: silent });
    const flows = await anonymous.registerRequest({ username, password }).then(
      () => { throw new Error('registration needs no authentication stage at all'); },
      (refusal) => { if (refusal.httpStatus === 401) return refusal.data; throw refusal; });
    const registered = await anonymous.registerRequest({
      username, password, auth: { type: 'm.login.dummy', session: flows.session } });
    return this.with(baseUrl, registered, password, options);
  }

  static async login(baseUrl, username, password, options = {}) {
    const anonymous = sdk.createClient({ baseUrl, logger: silent });
    const session = await anonymous.loginRequest({
      type: 'm.login.password', identifier: { type: 'm.id.user', user: username }, password });
    return this.with(baseUrl, session, password, options);
  }

  static with(baseUrl, { user_id: userId, access_token: accessToken, device_id: deviceId }, password, options) {
    return new this(
      sdk.createClient({ baseUrl, userId, accessToken, deviceId, logger: silent, timelineSupport: true, ...options }), password);
  }

  get id() {
    return this.client.getUserId();
  }

  // Starts syncing; resolves after the first sync.
  async syncs(initialSyncLimit = 20, more = {}) {
    const prepared = new Promise((done, fail) => {
      this.client.on(sdk.ClientEvent.Sync, (state, _previous, data) => {
        if (state === 'PREPARED') done();
        if (state === 'STOPPED') fail(data?.error ?? new Error('the client stopped syncing'));
      });
    });
    await this.client.startClient({ initialSyncLimit, lazyLoadMembers: true, pollTimeout: 10_000, ...more });
    await within(prepared, `${this.id}'s first sync`);
  }

  // Waits until the room (as this client knows it) satisfies the condition, looking again at every event and sync.
  async sees(what, condition) {
    let seen = condition();
    if (seen) return seen;
    let look;
    const events = [sdk.ClientEvent.Sync, sdk.ClientEvent.Room, sdk.RoomEvent.Timeline, sdk.RoomEvent.Redaction, sdk.RoomEvent.Receipt,
      sdk.RoomEvent.MyMembership, sdk.RoomMemberEvent.Typing, sdk.RoomEvent.LocalEchoUpdated, sdk.RoomStateEvent.Events,
      sdk.MatrixEventEvent.Decrypted];
    const waiting = new Promise((done) => {
      look = () => { seen = condition(); if (seen) done(seen); };
      for (const event of events) this.client.on(event, look);
    });
    try {
      return await within(waiting, `${this.id} sees ${what}`);
    } finally {
      for (const event of events) this.client.off(event, look);
    }
  }

  room(roomId) {
    return this.client.getRoom(roomId);
  }

  // The texts in the live timeline, oldest first, as they stand on the screen: sent ones only, redacted ones without a text.
  texts(roomId) {
    return (this.room(roomId)?.getLiveTimeline().getEvents() ?? [])
      .filter((event) => event.getType() === 'm.room.message' && event.status === null && !event.isRedacted())
      .map((event) => event.getContent().body);
  }

  // Scrolls up until the room's first event.
  async scrollsToTheStart(roomId) {
    const room = this.room(roomId);
    for (let pages = 0; room.getLiveTimeline().getEvents()[0]?.getType() !== 'm.room.create'; pages++) {
      if (pages > 200) throw new Error('the start of the room is never reached');
      await this.client.scrollback(room, 7);
    }
    return pagesOf(room);
  }

  async says(roomId, text, transaction) {
    const { event_id: eventId } = await this.client.sendEvent(
      roomId, null, 'm.room.message', { msgtype: 'm.text', body: text }, transaction);
    return eventId;
  }

  // Opens a thread, as an app does before somebody writes in it: of the first reply in a thread that it does not know yet, the SDK
  // may lose the echo (decisions/0022).
  async opensThread(roomId, root) {
    const room = this.room(roomId);
    const event = await this.sees('the root of the thread', () => room.findEventById(root));
    const thread = room.getThread(root) ?? room.createThread(root, event, [], false);
    await until(`${this.id} opens the thread`, () => thread.initialEventsFetched);
  }

  // A request of one's own, with the client's access token.
  async asks(method, path, query, body) {
    return this.client.http.authedRequest(method, path, query, body);
  }

  leaves() {
    this.client.stopClient();
  }
}

function pagesOf(room) {
  return room.getLiveTimeline().getEvents().map((event) => event.getId());
}

// Asks again and again until the answer is yes.
export async function until(what, condition, limit = PATIENCE) {
  let over = false;
  await within((async () => {
    while (!over && !(await condition())) await new Promise((done) => setTimeout(done, 200));
  })(), what, limit).finally(() => { over = true; });
}

export function within(promise, what, limit = PATIENCE) {
  let timer;
  const late = new Promise((_, fail) => {
    timer = setTimeout(() => fail(new Error(`not within ${limit / 1000} s: ${what}`)), limit);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
