// ./dev demo, started and ended as its user does.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { within } from './person.mjs';

const dev = resolve(dirname(fileURLToPath(import.meta.url)), '../../dev');
const READY_WITHIN = 300_000; // three servers on a machine that may be busy
const ENDED_WITHIN = 120_000;

export class Demo {
  #process;
  #folder;
  #output = '';

  static async start() {
    const demo = new Demo();
    demo.#folder = await mkdtemp(join(tmpdir(), 'valise-e2e-demo-'));
    const child = spawn(dev, ['demo', '--port', '0', '--folder', demo.#folder], { stdio: ['ignore', 'pipe', 'pipe'] });
    demo.#process = child;
    const ready = new Promise((done, fail) => {
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (text) => {
          demo.#output += text;
          if (/Ctrl-C ends it/.test(demo.#output)) done();
        });
      }
      child.on('exit', (code) => fail(new Error(`the demo ended with ${code}:\n${demo.#output}`)));
    });
    await within(ready, 'the demo is ready', READY_WITHIN).catch(async (failure) => {
      await demo.dispose();
      throw failure;
    });
    return demo;
  }

  // Where the page is.
  get page() {
    return /^ {4}(http:\S+)$/m.exec(this.#output)[1];
  }

  // What was printed of the accounts: { user, password, server }.
  get accounts() {
    const found = [];
    let server;
    for (const line of this.#output.split('\n')) {
      server = /^ {2}\S+ +(http:\S+)/.exec(line)?.[1] ?? server;
      const [, user, password] = /^ {4}(@\S+) +password: (.*)$/.exec(line) ?? [];
      if (user) found.push({ user, password, server });
    }
    return found;
  }

  // Ctrl-C. Says what it left behind: processes, and files.
  async end() {
    const exited = once(this.#process, 'exit');
    this.#process.kill('SIGINT');
    await within(exited, 'Ctrl-C ends the demo', ENDED_WITHIN);
    const { stdout } = await promisify(execFile)('ps', ['-eo', 'args']);
    return { processes: stdout.split('\n').filter((line) => line.includes(this.#folder)), files: await readdir(this.#folder) };
  }

  async dispose() {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const exited = once(this.#process, 'exit');
      this.#process.kill('SIGINT');
      const timer = setTimeout(() => this.#process.kill('SIGKILL'), ENDED_WITHIN);
      await exited;
      clearTimeout(timer);
    }
    await rm(this.#folder, { recursive: true, force: true });
  }
}
