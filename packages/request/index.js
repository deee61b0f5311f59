// The one call shape that matrix-bot-sdk's lib/http.js makes: request(options, (error, response, body) => void).
// `encoding: null` asks for a Buffer, anything else for text; `timeout` is in milliseconds.
// The SDK has no way to end a call early; `abortable(signal, run)` gives one to every call made inside `run`.

const { AsyncLocalStorage } = require('node:async_hooks');

const signals = new AsyncLocalStorage();

module.exports = function request(options, callback) {
  send(options).then(
    (response) => callback(null, response, response.body),
    (error) => callback(error),
  );
};

module.exports.abortable = (signal, run) => signals.run(signal, run);

async function send({ uri, method, qs, body, headers, timeout, encoding }) {
  const url = new URL(uri);
  for (const [name, value] of Object.entries(qs ?? {})) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null) url.searchParams.append(name, String(one));
    }
  }
  const late = AbortSignal.timeout(timeout ?? 60_000);
  const given = signals.getStore();
  const signal = given ? AbortSignal.any([late, given]) : late;
  const answer = await fetch(url, { method, headers, body, signal, redirect: 'error' });
  const bytes = Buffer.from(await answer.arrayBuffer());
  return {
    statusCode: answer.status,
    statusMessage: answer.statusText,
    headers: Object.fromEntries(answer.headers),
    body: encoding === null ? bytes : bytes.toString('utf8'),
  };
}
