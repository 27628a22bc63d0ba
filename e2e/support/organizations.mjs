// Servers of several organizations that federate with each other, over TLS on loopback with a certificate authority of their own.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort, Server } from './server.mjs';

const openssl = (...args) => promisify(execFile)('openssl', args);
const DAYS = '2';

export class Organizations {
  #folder;
  #servers = new Map();

  // One server for each name, which is called `<name>.test`.
  static async create(...names) {
    const all = new Organizations();
    all.#folder = await mkdtemp(join(tmpdir(), 'valise-e2e-ca-'));
    await all.#makeAuthority();
    const ports = new Map();
    for (const name of names) ports.set(name, await freePort());
    const addresses = names.map((name) => `${name}.test=127.0.0.1:${ports.get(name)}`).join(',');
    for (const name of names) {
      const issued = await all.#issue(name);
      const settings = {
        VALISE_HTTP_TLS_BIND: '127.0.0.1',
        VALISE_HTTP_TLS_PORT: String(ports.get(name)),
        VALISE_HTTP_TLS_CERTIFICATES: issued.certificate,
        VALISE_HTTP_TLS_KEY: issued.key,
        VALISE_FEDERATION_CA_FILE: all.#file('ca.pem'),
        VALISE_FEDERATION_ALLOWED_NETWORKS: '127.0.0.1',
        VALISE_FEDERATION_ALLOWED_SERVERS: '*.test',
        VALISE_FEDERATION_ADDRESSES: addresses,
      };
      all.#servers.set(name, await Server.create(settings, `${name}.test`));
    }
    return all;
  }

  server(name) {
    return this.#servers.get(name);
  }

  async dispose() {
    for (const server of this.#servers.values()) await server.dispose();
    await rm(this.#folder, { recursive: true, force: true });
  }

  #file(name) {
    return join(this.#folder, name);
  }

  async #makeAuthority() {
    await openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', DAYS,
      '-subj', '/CN=a local authority', '-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign',
      '-keyout', this.#file('ca.key'), '-out', this.#file('ca.pem'));
  }

  async #issue(name) {
    const [key, request, extensions, certificate] = ['key', 'csr', 'ext', 'pem'].map((end) => this.#file(`${name}.${end}`));
    await openssl('req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', `/CN=${name}.test`,
      '-keyout', key, '-out', request);
    await writeFile(extensions, `subjectAltName=DNS:${name}.test\n`);
    await openssl('x509', '-req', '-in', request, '-CA', this.#file('ca.pem'), '-CAkey', this.#file('ca.key'), '-CAcreateserial',
      '-days', DAYS, '-extfile', extensions, '-out', certificate);
    return { key, certificate };
  }
}
