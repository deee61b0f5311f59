/** Bytes that an event may hold (client-server specification, « Size limits »), less what the homeserver adds to it. */
const room = 65_536 - 4_500;

type Content = Readonly<Record<string, unknown>>;

/**
 * The content as the homeserver takes it: one that is too large would be refused whole, and nobody would be told. First
 * the HTML is left out, which says nothing that the text does not say; then the text is cut, and `says` that it was.
 */
export function fitEvent(content: Content, encrypted: boolean, says: () => string): Content {
  // Base64 makes four bytes of three.
  const most = encrypted ? Math.floor((room * 3) / 4) : room;
  const excess = (given: Content): number => Buffer.byteLength(JSON.stringify(given)) - most;
  if (excess(content) <= 0) return content;
  const plain = changeEach(content, ({ format: _, formatted_body: __, ...rest }) => rest);
  if (excess(plain) <= 0) return plain;
  const ending = ` […] ${says()}`;
  let length = Math.max(...textsOf(plain).map((text) => text.length));
  for (;;) {
    const cut = changeEach(plain, (part) =>
      typeof part['body'] === 'string' ? { ...part, body: cutBody(part['body'], length, ending) } : part,
    );
    if (excess(cut) <= 0 || length === 0) return cut;
    length = Math.floor(length * 0.9);
  }
}

function cutBody(body: string, length: number, ending: string): string {
  return body.length <= length ? body : `${body.slice(0, length).toWellFormed()}${ending}`;
}

/** The content, and in an edit the new content too. */
function changeEach(content: Content, change: (part: Content) => Content): Content {
  const changed = change(content);
  const inner = changed['m.new_content'];
  return typeof inner === 'object' && inner !== null
    ? { ...changed, 'm.new_content': change(inner as Content) }
    : changed;
}

function textsOf(content: Content): string[] {
  const inner = content['m.new_content'] as Content | undefined;
  return [content['body'], inner?.['body']].filter((text) => typeof text === 'string');
}
