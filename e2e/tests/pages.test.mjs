// The pages for clients that do not know how to sign in, or a step of an authentication.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Page } from '../support/browser.mjs';
import { Server } from '../support/server.mjs';

describe('a client that knows neither how to register nor how to sign in', () => {
  const account = { username: 'nova', password: 'correct horse battery' };
  let server;

  before(async () => { server = await Server.create({ VALISE_REGISTRATION_TOKENS: 'letmein' }); });
  after(async () => { await server?.dispose(); });

  const register = async (auth) => {
    const response = await fetch(`${server.url}/_matrix/client/v3/register`, {
      method: 'POST', body: JSON.stringify(auth ? { ...account, auth } : account),
    });
    return { status: response.status, ...(await response.json()) };
  };
  const stage = (type, session) => `${server.url}/_matrix/client/v3/auth/${type}/fallback/web?session=${session}`;

  test('registers by the page of a stage, which tells the app when it is done', async () => {
    const { status, session } = await register();
    assert.equal(status, 401);
    const calls = [];
    const page = await Page.open(stage('m.login.registration_token', session), { onAuthDone: () => calls.push('done') });
    await page.submit({ token: 'guessed' });
    assert.match(page.message.textContent, /not valid/);
    assert.deepEqual(calls, []);
    await page.submit({ token: 'letmein' });
    assert.deepEqual(calls, ['done']);
    assert.equal((await register({ session })).user_id, '@nova:localhost');
  });

  test('an app in another window gets a message, also if the stage was done before', async () => {
    account.username = 'second';
    const { session } = await register();
    const messages = [];
    const window = { opener: { postMessage: (...message) => messages.push(message) } };
    await (await Page.open(stage('m.login.dummy', session), window)).submit({});
    await Page.open(stage('m.login.dummy', session), window);
    assert.deepEqual(messages, [['authDone', '*'], ['authDone', '*']]);
    assert.equal((await register({ session })).user_id, '@second:localhost');
  });

  test('signs in by the page for that, with the parameters it was opened with', async () => {
    const answers = [];
    const window = { matrixLogin: { onLogin: (answer) => answers.push(answer) } };
    const page = await Page.open(`${server.url}/_matrix/static/client/login/?device_id=NOVAS&refresh_token=true`, window);
    await page.submit({ user: 'second', password: 'wrong' });
    assert.deepEqual(answers, []);
    assert.notEqual(page.message.textContent, '');
    await page.submit({ user: 'second', password: account.password });
    assert.equal(answers[0].user_id, '@second:localhost');
    assert.equal(answers[0].device_id, 'NOVAS');
    assert.ok(answers[0].refresh_token);
  });
});
