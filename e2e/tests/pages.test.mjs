// The pages for clients that do not know how to sign in, or a step of an authentication, in a real browser.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Browser, noBrowser } from '../support/browser.mjs';
import { until } from '../support/person.mjs';
import { Server } from '../support/server.mjs';

describe('a client that knows neither how to register nor how to sign in', { skip: noBrowser }, () => {
  const account = { username: 'nova', password: 'correct horse battery' };
  let server, browser;

  before(async () => {
    server = await Server.create({ VALISE_REGISTRATION_TOKENS: 'letmein' });
    browser = await Browser.start();
  });
  after(async () => {
    await server?.dispose();
    await browser?.close();
  });

  const register = async (auth) => {
    const response = await fetch(`${server.url}/_matrix/client/v3/register`, {
      method: 'POST', body: JSON.stringify(auth ? { ...account, auth } : account),
    });
    return { status: response.status, ...(await response.json()) };
  };
  const stage = (type, session) => `${server.url}/_matrix/client/v3/auth/${type}/fallback/web?session=${session}`;
  const message = (page) => page.getByRole('alert');

  test('registers by the page of a stage, which tells the app when it is done', async () => {
    const { status, session } = await register();
    assert.equal(status, 401);
    const page = await browser.page();
    const calls = [];
    await page.exposeFunction('onAuthDone', () => { calls.push('done'); }); // as an app has it that embeds the page
    await page.goto(stage('m.login.registration_token', session));
    const token = page.getByRole('textbox');
    await token.fill('guessed');
    await page.getByRole('button').click();
    await message(page).filter({ hasText: 'not valid' }).waitFor();
    assert.deepEqual(calls, []);
    await token.fill('letmein');
    await page.getByRole('button').click();
    await until('the app is told', () => calls.length > 0);
    await page.getByText('You can close this page').waitFor();
    assert.equal(await page.getByRole('button').isVisible(), false);
    assert.deepEqual(calls, ['done']);
    assert.equal((await register({ session })).user_id, '@nova:localhost');
  });

  test('an app in another window gets a message, also if the stage was done before', async () => {
    account.username = 'second';
    const { session } = await register();
    const app = await browser.page();
    const messages = [];
    await app.exposeFunction('told', (data) => { messages.push(data); });
    await app.goto(server.url);
    await app.evaluate(() => window.addEventListener('message', (event) => window.told(event.data)));
    const opens = async () => {
      const popup = app.waitForEvent('popup');
      await app.evaluate((url) => { window.open(url); }, stage('m.login.dummy', session));
      return popup;
    };
    await (await opens()).getByRole('button').click();
    await until('the app is told', () => messages.length === 1);
    await opens();
    await until('the app is told again', () => messages.length === 2);
    assert.deepEqual(messages, ['authDone', 'authDone']);
    assert.equal((await register({ session })).user_id, '@second:localhost');
  });

  test('signs in by the page for that, with the parameters it was opened with', async () => {
    const page = await browser.page();
    const answers = [];
    await page.exposeFunction('signedIn', (answer) => { answers.push(answer); });
    await page.addInitScript(() => { window.matrixLogin = { onLogin: (answer) => window.signedIn(answer) }; });
    await page.goto(`${server.url}/_matrix/static/client/login/?device_id=NOVAS&refresh_token=true`);
    const signIn = async (password) => {
      await page.getByLabel(/user/i).fill('second');
      await page.getByLabel(/password/i).fill(password);
      await page.keyboard.press('Enter');
    };
    await signIn('wrong');
    await message(page).filter({ hasText: /\w/ }).waitFor();
    assert.deepEqual(answers, []);
    await signIn(account.password);
    await until('the app is told', () => answers.length > 0);
    assert.equal(answers[0].user_id, '@second:localhost');
    assert.equal(answers[0].device_id, 'NOVAS');
    assert.ok(answers[0].refresh_token);
  });

  test('no other page can put these pages into a frame', async () => {
    const page = await browser.brokenPage();
    const refusals = [];
    page.on('console', (said) => { refusals.push(said.text()); });
    await page.setContent(`<iframe src="${server.url}/_matrix/static/client/login/"></iframe>`);
    await until('the frame is refused', () => refusals.some((text) => /frame-ancestors|X-Frame-Options/i.test(text)));
  });
});
