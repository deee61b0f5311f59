import type { Attachment } from '../../messages/incoming-message.ts';
import { isRecord } from './parse-event.ts';

/** No event is longer (65,536 bytes): a caption is passed on whole. */
const longestCaption = 65_536;

/**
 * What is needed to pass on a picture or a file, every field checked: the content was written by anybody, and the bot
 * says it again in its own name. null when it cannot be passed on.
 */
export function readAttachment(content: Readonly<Record<string, unknown>>): Attachment | null {
  const { msgtype, body, filename } = content;
  if (msgtype !== 'm.image' && msgtype !== 'm.file' && msgtype !== 'm.audio' && msgtype !== 'm.video') {
    return null;
  }
  const source = readSource(content, 'url', 'file');
  if (source === null || typeof body !== 'string') return null;
  // Client-server specification 1.10, « Media captions »: with a file name, a body that differs is a caption.
  const name = cleanText(typeof filename === 'string' ? filename : body, 200);
  const caption =
    typeof filename === 'string' && body !== filename && body !== '' ? cleanText(body, longestCaption) : null;
  return { msgtype, name: name === '' ? 'fichier' : name, caption, source, info: readInfo(content['info']) };
}

function readSource(
  holder: Readonly<Record<string, unknown>>,
  urlKey: string,
  fileKey: string,
): Readonly<Record<string, unknown>> | null {
  const file = readEncryptedFile(holder[fileKey]);
  if (file !== null) return { [fileKey]: file };
  return isContentUri(holder[urlKey]) ? { [urlKey]: holder[urlKey] } : null;
}

/** Client-server specification, « Sending encrypted attachments », version v2. */
function readEncryptedFile(given: unknown): Readonly<Record<string, unknown>> | null {
  if (!isRecord(given) || !isRecord(given['key']) || !isRecord(given['hashes'])) return null;
  const { url, iv, key, hashes } = given;
  const secret = key['k'];
  const sha256 = hashes['sha256'];
  if (!isContentUri(url) || !isBase64(iv) || !isBase64(secret) || !isBase64(sha256)) return null;
  return {
    url,
    iv,
    v: 'v2',
    hashes: { sha256 },
    key: { kty: 'oct', key_ops: ['encrypt', 'decrypt'], alg: 'A256CTR', k: secret, ext: true },
  };
}

function readInfo(given: unknown): Readonly<Record<string, unknown>> {
  if (!isRecord(given)) return {};
  const info: Record<string, unknown> = {};
  for (const name of ['w', 'h', 'size', 'duration'] as const) {
    const value = given[name];
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) info[name] = value;
  }
  if (isMediaType(given['mimetype'])) info['mimetype'] = given['mimetype'];
  const thumbnail = readSource(given, 'thumbnail_url', 'thumbnail_file');
  if (thumbnail !== null) {
    Object.assign(info, thumbnail);
    const { thumbnail_info: details } = given;
    if (isRecord(details))
      info['thumbnail_info'] = readInfo({ ...details, thumbnail_url: null, thumbnail_file: null });
  }
  return info;
}

function isContentUri(value: unknown): value is string {
  return typeof value === 'string' && /^mxc:\/\/[A-Za-z0-9.:[\]-]{1,255}\/[A-Za-z0-9_-]{1,255}$/.test(value);
}

function isBase64(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z0-9+/_=-]{1,100}$/.test(value);
}

function isMediaType(value: unknown): value is string {
  return typeof value === 'string' && /^[a-z0-9.+-]{1,60}\/[a-z0-9.+-]{1,100}$/i.test(value);
}

function cleanText(text: string, length: number): string {
  return text
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, length);
}
