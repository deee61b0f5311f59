import { isRecord } from './parse-event.ts';

/** The bot as people may name it. */
export interface BotNames {
  readonly userId: string;
  /** Display names, globally and in rooms; ` [Service]` may follow them. */
  readonly displayNames: readonly string[];
}

/** Is the bot called in this message: `m.mentions`, a pill, or its name at the start? */
export function isMentioned(
  content: Readonly<Record<string, unknown>>,
  text: string,
  names: BotNames,
): boolean {
  return (
    isInMentions(content, names.userId) ||
    isInPill(content, names.userId) ||
    startsWithName(text, names) !== null
  );
}

/** The text without the bot's name, wherever the clients put it when they make a mention of it. */
export function stripBotName(text: string, names: BotNames): string {
  const length = startsWithName(text, names);
  if (length !== null) return text.slice(length).trim();
  const forms = nameForms(names).filter((form) => form.includes(' ') || form.startsWith('@'));
  const pattern = forms.map(escapeForRegExp).join('|');
  return pattern === '' ? text : text.replace(new RegExp(pattern, 'giu'), ' ').replace(/ {2,}/g, ' ').trim();
}

/** MSC3952, client-server specification 1.7. A room-wide mention does not call the bot. */
function isInMentions(content: Readonly<Record<string, unknown>>, userId: string): boolean {
  const mentions = content['m.mentions'];
  if (!isRecord(mentions)) return false;
  const users = mentions['user_ids'];
  return Array.isArray(users) && users.includes(userId);
}

/** A link to the bot: matrix.to, `matrix:` URIs, and the permalinks of Tchap (`https://www.tchap.gouv.fr/#/user/…`). */
function isInPill(content: Readonly<Record<string, unknown>>, userId: string): boolean {
  const html = content['formatted_body'];
  if (typeof html !== 'string' || html.length > 100_000) return false;
  // A quoted message may hold a pill that calls nobody.
  const own = withoutQuote(html);
  for (const [, link] of own.matchAll(/<a\s[^>]{0,500}?href=["']([^"']{1,1000})["']/giu)) {
    if (link !== undefined && linkedUser(link) === userId) return true;
  }
  return false;
}

export function withoutQuote(html: string): string {
  const end = html.indexOf('</mx-reply>');
  return html.startsWith('<mx-reply>') && end >= 0 ? html.slice(end + '</mx-reply>'.length) : html;
}

function linkedUser(link: string): string | null {
  const plain = decode(link.replaceAll('&amp;', '&'));
  const [, inFragment] = /^https:\/\/[^/#]{1,200}\/#\/(?:user\/)?(@[^?/]+)/u.exec(plain) ?? [];
  if (inFragment !== undefined) return inFragment;
  const [, inUri] = /^matrix:u\/([^?/]+)/u.exec(plain) ?? [];
  return inUri === undefined ? null : `@${inUri}`;
}

function decode(link: string): string {
  try {
    return decodeURIComponent(link);
  } catch {
    return link;
  }
}

/** Length of the name at the start, with what follows it (`:`, `,`, spaces); null when it is not there. */
function startsWithName(text: string, names: BotNames): number | null {
  const pattern = nameForms(names).map(escapeForRegExp).join('|');
  if (pattern === '') return null;
  const found = new RegExp(
    `^\\s*@?(?:${pattern})(?:\\s*\\[[^\\]]{1,100}\\])?(?=$|[\\s:,;!?.…])[\\s:,;!?.…-]*`,
    'iu',
  ).exec(text);
  return found ? found[0].length : null;
}

/** Longest first, so that a name which begins another does not hide it. */
function nameForms({ userId, displayNames }: BotNames): string[] {
  const forms = new Set<string>([userId]);
  const localpart = userId.slice(1).split(':')[0];
  if (localpart !== undefined && localpart.length >= 3) forms.add(localpart);
  for (const name of displayNames) {
    const short = name.replace(/\s*\[[^\]]*\]\s*$/u, '').trim();
    if (short.length >= 3) forms.add(short);
    if (name.trim().length >= 3) forms.add(name.trim());
  }
  return [...forms].sort((a, b) => b.length - a.length);
}

function escapeForRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&').replace(/\s+/g, '\\s+');
}
