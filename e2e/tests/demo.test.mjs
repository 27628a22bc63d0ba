// ./dev demo as its user sees it: the page in a browser, one server taken down and brought back, and Ctrl-C at the end.
import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { Browser, noBrowser } from '../support/browser.mjs';
import { Demo } from '../support/demo.mjs';
import { Person } from '../support/person.mjs';
import { steps } from '../support/steps.mjs';

const NAMES = ['finance.example', 'culture.example', 'diplomacy.example'];
const HEALED = { timeout: 120_000 };

describe('three organizations are shown side by side', { skip: noBrowser }, () => {
  const step = steps();
  let demo, browser, page;

  before(async () => {
    browser = await Browser.start();
    demo = await Demo.start();
  });
  after(async () => {
    await demo?.dispose();
    await browser?.close();
  });

  const server = (name) => page.getByRole('region', { name });
  const badge = (name, word) => server(name).locator('.badge', { hasText: word });
  const verdict = (text) => page.getByRole('status').filter({ hasText: text });
  const events = (name) => server(name).getByRole('list');
  const facts = (name) => server(name).locator('dl').textContent();
  const says = async (name, text) => {
    await server(name).getByRole('textbox').fill(text);
    await server(name).getByRole('button', { name: 'Send' }).click();
  };

  step('the page shows three servers that agree', async () => {
    page = await browser.page({ viewport: { width: 1440, height: 1000 } });
    await page.goto(demo.page);
    await verdict('All three agree').waitFor(HEALED);
    const seen = await Promise.all(NAMES.map(facts));
    assert.match(seen[0], /[0-9a-f]{12} of \d+ events.*none/s);
    assert.deepEqual(seen.slice(1), [seen[0], seen[0]]);
  });

  step('what is said in one is seen in all', async () => {
    await says('culture.example', 'Good morning <b>everyone</b>');
    for (const name of NAMES) await events(name).getByText('Good morning <b>everyone</b>').waitFor(HEALED);
  });

  step('one is taken down, and the others go on without it', async () => {
    await page.getByRole('button', { name: 'Take down culture.example' }).click();
    await badge('culture.example', 'Away').waitFor(HEALED);
    await verdict('culture.example is away').waitFor();
    assert.equal(await server('culture.example').getByRole('textbox').isDisabled(), true);
    await says('finance.example', 'Culture is away');
    await says('diplomacy.example', '/topic Without culture');
    for (const name of ['finance.example', 'diplomacy.example']) {
      await events(name).getByText('Culture is away').waitFor(HEALED);
      await server(name).locator('.topic', { hasText: 'Without culture' }).waitFor(HEALED);
    }
    await server('culture.example').getByText('2 events behind').waitFor();
    assert.notEqual(await facts('culture.example'), await facts('finance.example'));
  });

  step('it is brought back, and heals', async () => {
    await page.getByRole('button', { name: 'Bring back culture.example' }).click();
    await verdict('All three agree').waitFor(HEALED);
    await events('culture.example').getByText('Culture is away').waitFor();
    assert.equal(await facts('culture.example'), await facts('finance.example'));
  });

  step('one whose plug is pulled heals, too', async () => {
    await page.getByRole('button', { name: 'Pull the plug of finance.example' }).click();
    await badge('finance.example', 'Away').waitFor(HEALED);
    await says('culture.example', 'Finance is away');
    await events('diplomacy.example').getByText('Finance is away').waitFor(HEALED);
    await page.getByRole('button', { name: 'Bring back finance.example' }).click();
    await verdict('All three agree').waitFor(HEALED);
    await events('finance.example').getByText('Finance is away').waitFor();
  });

  step('everybody whose account was printed can sign in, and reads what the page shows', async () => {
    assert.equal(demo.accounts.length, 5);
    for (const { user, password, server: url } of demo.accounts) {
      const person = await Person.login(url, user, password);
      assert.equal(person.id, user);
      await person.client.logout();
    }
    const { user, password, server: url } = demo.accounts[0];
    const alice = await Person.login(url, user, password);
    try {
      await alice.syncs();
      const summit = alice.client.getRooms().find((room) => room.name === 'Summit');
      await alice.sees('what was said', () => alice.texts(summit.roomId).includes('Finance is away'));
    } finally {
      alice.leaves();
    }
  });

  step('Ctrl-C ends it, nothing stays behind, and the page says so', async () => {
    const left = await demo.end();
    assert.deepEqual(left, { processes: [], files: [] });
    await verdict('The demo has ended').waitFor();
  });
});
