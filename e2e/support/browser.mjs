// Debian's Chromium, without a window, driven by playwright-core. See ../run, which installs it.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

const EXECUTABLE = process.env.VALISE_E2E_CHROMIUM ?? '/usr/bin/chromium';
const PATIENCE = 60_000; // milliseconds; the machine may be busy

// What a test says instead of running where there is no Chromium; false where there is one.
export const noBrowser = existsSync(EXECUTABLE) ? false : `no Chromium at ${EXECUTABLE}`;

export class Browser {
  #browser;
  #complaints = [];

  static async start() {
    const started = new Browser();
    started.#browser = await chromium.launch({
      executablePath: EXECUTABLE,
      timeout: PATIENCE,
      args: ['--disable-dev-shm-usage', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])], // root has no sandbox
    });
    return started;
  }

  // A page of a profile of its own. What a page complains of, such as a script that its policy forbids, fails `close`.
  async page(options = {}) {
    const page = await this.#anyPage(options);
    const context = page.context();
    context.on('weberror', (failure) => this.#complaints.push(String(failure.error())));
    context.on('console', (message) => {
      if (message.type() === 'error' && !/status of 4\d\d|ERR_CONNECTION/.test(message.text())) this.#complaints.push(message.text());
    });
    return page;
  }

  // A page on which something is to go wrong.
  async brokenPage() {
    return this.#anyPage({});
  }

  async #anyPage(options) {
    const context = await this.#browser.newContext(options);
    context.setDefaultTimeout(PATIENCE);
    return context.newPage();
  }

  async close() {
    await this.#browser.close();
    assert.deepEqual(this.#complaints, []);
  }
}
