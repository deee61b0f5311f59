import type { UserId } from '../../messages/ids.ts';
import { isRecord } from './parse-event.ts';

/** The bot as people may name it. */
export interface BotNames {
  readonly userId: UserId;
  /** Display names, globally and in rooms; ` [Service]` may follow them. */
  readonly displayNames: readonly string[];
}

type Content = Readonly<Record<string, unknown>>;

/** Is the bot called in this message: `m.mentions`, a pill, or its name at the start? */
export function isMentioned(content: Content, text: string, names: BotNames): boolean {
  return isTagged(content, names.userId) || startsWithName(content, text, names) !== null;
}

/** The text without the bot's name, wherever the clients put it when they make a mention of it. */
export function stripBotName(content: Content, text: string, names: BotNames): string {
  const length = startsWithName(content, text, names);
  if (length !== null) return text.slice(length).trim();
  const spaced = nameForms(names).filter((form) => form.includes(' '));
  const name = spaced.length === 0 ? '' : `|@?${anyOf(spaced)}(?![\\p{L}\\p{N}])`;
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}])(?:${wholeId(names)}${name})`, 'giu');
  return text.replace(pattern, ' ').replace(/ {2,}/g, ' ').trim();
}

function isTagged(content: Content, userId: UserId): boolean {
  return isInMentions(content, userId) || isInPill(content, userId);
}

/** MSC3952, client-server specification 1.7. A room-wide mention does not call the bot. */
function isInMentions(content: Content, userId: UserId): boolean {
  return readMentioned(content).includes(userId);
}

function readMentioned(content: Content): readonly unknown[] {
  const mentions = content['m.mentions'];
  const users = isRecord(mentions) ? mentions['user_ids'] : null;
  return Array.isArray(users) ? users : [];
}

/** A link to the bot: matrix.to, `matrix:` URIs, and the permalinks of Tchap (`https://www.tchap.gouv.fr/#/user/…`). */
function isInPill(content: Content, userId: UserId): boolean {
  const html = content['formatted_body'];
  if (typeof html !== 'string' || html.length > 100_000) return false;
  // A pill in a quoted message calls nobody: the quote is left out.
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

/** What may stand between a name and what is said to it. */
const separators = '[\\s:,;!?.…–—-]*';
/** What sets a name apart from what follows, so that no longer name can be meant: « Assistant, … », « Assistant : … ». */
const apart = '\\s*(?:[:,;!?…\\n]|\\.(?![\\p{L}\\p{N}])|\\s[-–—](?=\\s)|$)';
/** ` [Service]`, which Tchap puts behind a name. */
const service = '\\s*\\[[^\\]]{1,100}\\]';

/** Length of the name at the start, with what follows it (`:`, `,`, spaces); null when it is not there. */
function startsWithName(content: Content, text: string, names: BotNames): number | null {
  const id = matchLength(text, `${wholeId(names)}${separators}`);
  if (id !== null) return id;
  // The text begins with somebody else's id, which may begin like ours, or like our name.
  if (/^\s*@[^\s:]+:[^\s:]*\.[\p{L}\p{N}]/u.test(text)) return null;
  const forms = nameForms(names);
  if (forms.length === 0) return null;
  return (
    matchLength(text, `@?${anyOf(forms)}(?:${service})?(?=${apart})${separators}`) ??
    matchLength(text, `(?:${listLoose(forms, content, names).join('|')})(?=\\s)${separators}`)
  );
}

/**
 * Names after which a space is enough. One word begins many titles (« Assistant social : qui contacter ? »): a mention,
 * an `@` or the service has to say that it is a name. Not the `@` alone where the client says that it is somebody else's.
 */
function listLoose(forms: readonly string[], content: Content, names: BotNames): string[] {
  if (isTagged(content, names.userId)) return [`@?${anyOf(forms)}(?:${service})?`];
  const telling = forms.filter((form) => /[^\p{L}]/u.test(form));
  return [
    ...(readMentioned(content).length === 0 ? [`@${anyOf(forms)}`] : []),
    ...(telling.length === 0 ? [] : [`@?${anyOf(telling)}(?:${service})?`]),
    `@?${anyOf(forms)}${service}`,
  ];
}

function matchLength(text: string, pattern: string): number | null {
  return new RegExp(`^\\s*${pattern}`, 'iu').exec(text)?.[0].length ?? null;
}

/** The bot's id, and not the beginning of a longer one (`…:server.example.org`, `…:server:8448`). */
function wholeId({ userId }: BotNames): string {
  return `${escapeForRegExp(userId)}(?![\\p{L}\\p{N}_-]|\\.[\\p{L}\\p{N}]|:\\d)`;
}

/** Longest first, so that a name which begins another does not hide it. */
function nameForms({ userId, displayNames }: BotNames): string[] {
  const forms = new Set<string>();
  const localpart = userId.slice(1).split(':')[0];
  if (localpart !== undefined && localpart.length >= 3) forms.add(localpart);
  for (const name of displayNames) {
    const short = name.replace(/\s*\[[^\]]*\]\s*$/u, '').trim();
    if (short.length >= 3) forms.add(short);
    if (name.trim().length >= 3) forms.add(name.trim());
  }
  return [...forms].sort((a, b) => b.length - a.length);
}

function anyOf(forms: readonly string[]): string {
  return `(?:${forms.map(escapeForRegExp).join('|')})`;
}

function escapeForRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&').replace(/\s+/g, '\\s+');
}
