// A server under test: started, stopped and killed like an operator would, on a data folder of its own.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const dev = resolve(dirname(fileURLToPath(import.meta.url)), '../../dev');
const READY_WITHIN = 120_000; // the first start unpacks PostgreSQL, on a machine that may be busy
const STOPPED_WITHIN = 30_000;

export class Server {
  #process = null;
  #output = '';

  // The settings are environment variables of the server.
  static async create(settings = {}, name = 'localhost') {
    const server = new Server();
    server.settings = settings;
    server.name = name;
    server.data = await mkdtemp(join(tmpdir(), 'valise-e2e-'));
    server.port = await freePort();
    await server.start();
    return server;
  }

  get url() {
    return `http://127.0.0.1:${this.port}`;
  }

  get output() {
    return this.#output;
  }

  async start() {
    const child = spawn(dev, ['run', '--server-name', this.name, '--port', String(this.port), '--data', this.data,
      '--open-registration', '--no-rate-limits'],
      { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, VALISE_MANAGEMENT_PORT: '0', ...this.settings } });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => { this.#output = (this.#output + text).slice(-20_000); });
    }
    this.#process = child;
    const deadline = Date.now() + READY_WITHIN;
    while (!(await this.#answers())) {
      if (child.exitCode !== null || Date.now() > deadline) {
        throw new Error(`the server is not ready (exit code ${child.exitCode}):\n${this.#output}`);
      }
      await new Promise((done) => setTimeout(done, 100));
    }
  }

  async #answers() {
    try {
      return (await fetch(`${this.url}/_matrix/client/versions`, { signal: AbortSignal.timeout(2_000) })).ok;
    } catch {
      return false;
    }
  }

  // Ctrl-C.
  async stop() {
    return this.#end('SIGINT');
  }

  // kill -9: no goodbye, nothing flushed.
  async kill() {
    return this.#end('SIGKILL');
  }

  async #end(signal) {
    const child = this.#process;
    this.#process = null;
    if (child === null || child.exitCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), STOPPED_WITHIN);
    const [code, endedBy] = await exited;
    clearTimeout(timer);
    if (signal === 'SIGINT' && endedBy === 'SIGKILL') throw new Error(`Ctrl-C did not stop the server:\n${this.#output}`);
    return code;
  }

  async dispose() {
    await this.stop();
    await rm(this.data, { recursive: true, force: true });
  }
}

export async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}
