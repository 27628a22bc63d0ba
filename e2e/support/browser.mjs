// As much of a browser as the server's own pages use: it loads a page and its scripts over HTTP and runs them.
import assert from 'node:assert/strict';
import vm from 'node:vm';

export class Page {
  // The window's members are what an app that embeds the page defines.
  static async open(url, window = {}) {
    const response = await fetch(url);
    assert.equal(response.status, 200);
    assert.match(response.headers.get('content-type'), /^text\/html/);
    assert.match(response.headers.get('content-security-policy'), /script-src 'self'/);
    const html = await response.text();
    const page = new Page();
    page.form = { hidden: false, dataset: { done: /data-done="(\w+)"/.exec(html)[1] } };
    page.button = { disabled: false };
    page.message = { textContent: '' };
    page.fields = [...html.matchAll(/<input [^>]*name="(\w+)"/g)].map((found) => found[1]);
    page.form.querySelector = () => page.button;
    page.form.addEventListener = (name, listener) => { page.submitted = listener; };
    let filled = {};
    page.fill = (values) => { filled = values; };
    const location = new URL(url);
    const scope = vm.createContext({
      window,
      location,
      document: { getElementById: (id) => (id === 'form' ? page.form : page.message) },
      FormData: class { *[Symbol.iterator]() { yield* Object.entries(filled); } },
      fetch: (path, options) => fetch(new URL(path, url), options),
      URLSearchParams,
    });
    for (const [, source] of html.matchAll(/<script src="([^"]+)"/g)) {
      const script = await fetch(new URL(source, url));
      assert.match(script.headers.get('content-type'), /^text\/javascript/);
      vm.runInContext(await script.text(), scope);
    }
    return page;
  }

  async submit(values) {
    assert.deepEqual(Object.keys(values), this.fields);
    this.fill(values);
    await this.submitted({ preventDefault() {} });
  }
}
