// A person whose client encrypts: an unmodified matrix-js-sdk with its Rust crypto (WebAssembly), its keys in memory.
import assert from 'node:assert/strict';
import { CryptoEvent, VerificationPhase, VerificationRequestEvent, VerifierEvent } from 'matrix-js-sdk/lib/crypto-api/index.js';
import { Person, until, within } from './person.mjs';

const ENCRYPTION = { type: 'm.room.encryption', state_key: '', content: { algorithm: 'm.megolm.v1.aes-sha2' } };

export class Correspondent extends Person {
  static async register(baseUrl, username, password) {
    return Correspondent.#begin((options) => super.register(baseUrl, username, password, options));
  }

  static async login(baseUrl, username, password) {
    return Correspondent.#begin((options) => super.login(baseUrl, username, password, options));
  }

  static async #begin(open) {
    const secrets = { recoveryKey: null };
    const network = { down: false };
    const sent = []; // every message to devices: { user: { device: content } }
    const person = await open({
      cryptoCallbacks: {
        getSecretStorageKey: async ({ keys }) => [Object.keys(keys)[0], secrets.recoveryKey],
        cacheSecretStorageKey: () => {},
      },
      verificationMethods: ['m.sas.v1'],
      fetchFn: async (resource, options) => {
        const stop = () => { if (network.down) throw new TypeError('there is no network'); };
        stop();
        if (String(resource).includes('/sendToDevice/')) sent.push(JSON.parse(options.body).messages);
        const answer = await fetch(resource, options);
        stop();
        return answer;
      },
    });
    person.secrets = secrets;
    person.sent = sent;
    person.network = network;
    await person.client.initRustCrypto({ useIndexedDB: false });
    return person;
  }

  get crypto() {
    return this.client.getCrypto();
  }

  get deviceId() {
    return this.client.getDeviceId();
  }

  // Makes cross-signing keys, a recovery key and a backup of room keys, as a client does after the first login.
  async setsUpRecovery() {
    await this.crypto.bootstrapCrossSigning({ authUploadDeviceSigningKeys: async (upload) => upload(null) });
    const key = await this.crypto.createRecoveryKeyFromPassphrase();
    this.secrets.recoveryKey = key.privateKey;
    await this.crypto.bootstrapSecretStorage({ createSecretStorageKey: async () => key, setupNewKeyBackup: true });
    await this.crypto.checkKeyBackupAndEnable();
    return key.privateKey;
  }

  // A new device gets the account's secrets by the recovery key, and the room keys from the backup.
  async recovers(recoveryKey) {
    this.secrets.recoveryKey = recoveryKey;
    await this.crypto.userHasCrossSigningKeys(this.id, true); // the public ones, which the private ones must fit
    await this.crypto.bootstrapCrossSigning({});
    await this.crypto.loadSessionBackupPrivateKeyFromSecretStorage();
    await this.crypto.checkKeyBackupAndEnable();
    return this.crypto.restoreKeyBackup();
  }

  // The client goes on without a network: its keys are in memory, stopped it would forget them.
  goesOffline() {
    this.network.down = true;
  }

  comesBack() {
    this.network.down = false;
    this.client.retryImmediately();
  }

  async opensEncryptedRoom(options) {
    const { room_id: roomId } = await this.client.createRoom({ preset: 'private_chat', initial_state: [ENCRYPTION], ...options });
    await until('the room is encrypted', () => this.crypto.isEncryptionEnabledInRoom(roomId));
    return roomId;
  }

  async joins(roomId) {
    await this.client.joinRoom(roomId);
    await this.sees('themselves in the room', () => this.room(roomId)?.getMyMembership() === 'join');
    await until('the room is encrypted', () => this.crypto.isEncryptionEnabledInRoom(roomId));
  }

  // What came encrypted and could not be read.
  undecryptable(roomId) {
    return (this.room(roomId)?.getLiveTimeline().getEvents() ?? [])
      .filter((event) => event.isDecryptionFailure() || event.isBeingDecrypted() || event.getType() === 'm.room.encrypted')
      .map((event) => `${event.getSender()} ${event.getId()} ${event.decryptionFailureReason}`);
  }

  async reads(roomId, texts) {
    const lacks = () => texts.filter((text) => !this.texts(roomId).includes(text));
    await this.sees('all that was said', () => lacks().length === 0).catch((error) => {
      throw new Error(`${error.message}; lacks ${JSON.stringify(lacks())}, cannot decrypt ${this.undecryptable(roomId)}`);
    });
    assert.deepEqual(this.undecryptable(roomId), []);
    const plain = this.room(roomId).getLiveTimeline().getEvents()
      .filter((event) => event.getType() === 'm.room.message' && !event.isEncrypted());
    assert.deepEqual(plain, [], 'something was sent in the clear');
  }

  // Whether this client has learned of a device: it encrypts for no other.
  async knows(user, deviceId) {
    return (await this.crypto.getUserDeviceInfo([user])).get(user)?.has(deviceId) ?? false;
  }

  // The devices that messages to devices named since the last call.
  sentTo(user) {
    const devices = this.sent.splice(0).flatMap((messages) => Object.keys(messages[user] ?? {}));
    return new Set(devices);
  }

  async forgets(deviceId) {
    const path = `/devices/${encodeURIComponent(deviceId)}`;
    const refusal = await this.asks('DELETE', path, undefined, {}).then(() => null, (error) => error);
    assert.equal(refusal?.httpStatus, 401, 'deleting a device needs authentication');
    await this.asks('DELETE', path, undefined, { auth: {
      type: 'm.login.password', session: refusal.data.session, identifier: { type: 'm.id.user', user: this.id }, password: this.password } });
  }
}

// Two devices of one user verify each other: both show the same emoji, both confirm.
export async function verifyByEmoji(asker, answerer) {
  const arriving = new Promise((done) => answerer.client.once(CryptoEvent.VerificationRequestReceived, done));
  const asked = await asker.crypto.requestOwnUserVerification();
  const received = await within(arriving, `${answerer.deviceId} is asked to verify`);
  await received.accept();
  await reaches(asked, VerificationPhase.Ready);
  const one = await asked.startVerification('m.sas.v1');
  const oneShows = shows(one);
  const oneEnds = one.verify();
  await reaches(received, VerificationPhase.Started);
  const otherShows = shows(received.verifier);
  const otherEnds = received.verifier.verify();
  const [left, right] = await within(Promise.all([oneShows, otherShows]), 'both show emoji');
  assert.equal(left.sas.emoji.length, 7);
  assert.deepEqual(left.sas.emoji, right.sas.emoji);
  await Promise.all([left.confirm(), right.confirm()]);
  await within(Promise.all([oneEnds, otherEnds]), 'both are done');
}

function shows(verifier) {
  return new Promise((done) => verifier.once(VerifierEvent.ShowSas, done));
}

async function reaches(request, phase) {
  await within(new Promise((done) => {
    const look = () => { if (request.phase >= phase) { request.off(VerificationRequestEvent.Change, look); done(); } };
    request.on(VerificationRequestEvent.Change, look);
    look();
  }), `the verification reaches phase ${phase}`);
}
