import { createHmac } from 'node:crypto';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/**
 * One JSON line an event. What people wrote never goes in; ids go through `hash`, so that a reader of the logs can
 * follow one person or room without knowing who it is.
 */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  hash(id: string): string;
}

const ranks: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

/**
 * @param secret key of the hashes; kept in the store, so that they stay the same from one start to the next
 * @param hidden strings (tokens, passwords) that are blotted out wherever they would show
 */
export function createLog(options: {
  readonly level: LogLevel;
  readonly secret: string;
  readonly hidden?: readonly string[];
  readonly write?: (line: string) => void;
}): Log {
  const { level, secret, write = (line) => process.stderr.write(`${line}\n`) } = options;
  const hidden = (options.hidden ?? []).filter((text) => text.length >= 4);
  const log =
    (lineLevel: LogLevel) =>
    (message: string, fields: LogFields = {}): void => {
      if (ranks[lineLevel] < ranks[level]) return;
      let line = JSON.stringify({ ...fields, heure: new Date().toISOString(), niveau: lineLevel, message });
      for (const text of hidden) line = line.replaceAll(text, '***');
      write(line);
    };
  return {
    debug: log('debug'),
    info: log('info'),
    warn: log('warn'),
    error: log('error'),
    hash: (id) => createHmac('sha256', secret).update(id).digest('base64url').slice(0, 12),
  };
}

/** Ids and addresses, blotted out of errors: homeservers name people and rooms in theirs. */
const revealing = /https?:\/\/\S+|[@!#$][\w.=/+~-]+(?::[\w.:-]+)?/gu;

/** What may be logged of an error: its name and message without ids and addresses, and those of its cause. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return 'erreur inconnue';
  // The message of a SyntaxError quotes what JSON.parse was given: a payload, perhaps.
  if (error instanceof SyntaxError) return error.name;
  const cause = error.cause instanceof Error ? ` (cause : ${describeError(error.cause)})` : '';
  return `${error.name}: ${error.message.slice(0, 300).replace(revealing, '…')}${cause}`;
}
