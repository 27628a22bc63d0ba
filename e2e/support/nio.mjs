// A person at Debian's matrix-nio, another implementation of the protocol and of Olm. See nio_person.py.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { until, within } from './person.mjs';

const script = join(dirname(fileURLToPath(import.meta.url)), 'nio_person.py');

export class NioPerson {
  #process;
  #waiting = new Map();
  #commands = 0;
  #complaints = '';

  static async login(url, user, password) {
    const person = new NioPerson();
    ({ user: person.id, device: person.deviceId } = await person.#asks('login', { url, user, password }));
    return person;
  }

  constructor() {
    this.#process = spawn('/usr/bin/python3', [script], { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#process.stderr.setEncoding('utf8').on('data', (text) => { this.#complaints = (this.#complaints + text).slice(-10_000); });
    createInterface({ input: this.#process.stdout }).on('line', (line) => {
      const { id, result, error } = JSON.parse(line);
      const { done, fail } = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error) fail(new Error(error)); else done(result);
    });
    this.#process.on('exit', (code) => {
      for (const { fail } of this.#waiting.values()) fail(new Error(`nio ended with ${code}:\n${this.#complaints}`));
    });
  }

  #asks(what, parameters = {}) {
    const id = ++this.#commands;
    const answer = new Promise((done, fail) => this.#waiting.set(id, { done, fail }));
    this.#process.stdin.write(`${JSON.stringify({ id, do: what, ...parameters })}\n`);
    return within(answer, `nio does "${what}"`, 60_000);
  }

  joins(room) {
    return this.#asks('join', { room });
  }

  says(room, text) {
    return this.#asks('say', { room, text });
  }

  logsOut() {
    return this.#asks('logout');
  }

  // Waits until all these texts have been read; nothing may be undecryptable or in the clear.
  async reads(room, texts) {
    await this.#until(`"${texts.at(-1)}"`, async () => {
      const seen = await this.#asks('read', { room });
      if (seen.undecryptable.length > 0) throw new Error(`undecryptable: ${seen.undecryptable}`);
      const clear = seen.texts.filter((text) => !text.encrypted);
      if (clear.length > 0) throw new Error(`sent in the clear: ${clear.map((text) => text.body)}`);
      return texts.every((text) => seen.texts.some(({ body }) => body === text));
    });
    return (await this.#asks('read', { room })).texts.map(({ body }) => body);
  }

  // Waits until a text has been read, on a device that has no keys of what was before.
  hears(room, text) {
    return this.#until(`"${text}"`, async () =>
      (await this.#asks('read', { room })).texts.some(({ body, encrypted }) => encrypted && body === text));
  }

  seesMember(room, user) {
    return this.#until(`${user} in the room`, async () => (await this.#asks('members', { room })).includes(user));
  }

  seesDevices(user, what, condition) {
    return this.#until(what, async () => condition(await this.#asks('devices', { user })));
  }

  #until(what, condition) {
    return until(`${this.id} sees ${what}`, condition, 60_000);
  }

  async leaves() {
    if (this.#process.exitCode === null) {
      const exited = once(this.#process, 'exit');
      await this.#asks('stop');
      this.#process.stdin.end();
      await exited;
    }
  }
}
