// The one call shape that matrix-bot-sdk's lib/http.js makes: request(options, (error, response, body) => void).
// `encoding: null` asks for a Buffer, anything else for text; `timeout` is in milliseconds; `signal` is ours
// (src/matrix puts it there to end a long poll at shutdown).

module.exports = function request(options, callback) {
  send(options).then(
    (response) => callback(null, response, response.body),
    (error) => callback(error),
  );
};

async function send({ uri, method, qs, body, headers, timeout, encoding, signal }) {
  const url = new URL(uri);
  for (const [name, value] of Object.entries(qs ?? {})) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null) url.searchParams.append(name, String(one));
    }
  }
  const signals = [AbortSignal.timeout(timeout ?? 60_000), ...(signal ? [signal] : [])];
  const answer = await fetch(url, { method, headers, body, signal: AbortSignal.any(signals) });
  const bytes = Buffer.from(await answer.arrayBuffer());
  return {
    statusCode: answer.status,
    statusMessage: answer.statusText,
    headers: Object.fromEntries(answer.headers),
    body: encoding === null ? bytes : bytes.toString('utf8'),
  };
}
