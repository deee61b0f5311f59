import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * How `npm run backup` asks a running bot for a copy, by files of the data folder: the bot alone can read its keys, and may
 * be confined to that folder (systemd, container). Whoever can write there can read everything anyway.
 */
const requestPrefix = 'sauvegarde-demandee-';
const answerPrefix = 'sauvegarde-faite-';

export type BackupAnswer = { readonly folder: string } | { readonly problem: string };

/** Where the bot puts the copies asked for, until the command has taken them. */
export const requestedBackUps = (dataDir: string): string => join(dataDir, '.sauvegardes-demandees');

export function askForBackup(dataDir: string, id: string): void {
  writeFileSync(join(dataDir, requestPrefix + id), '', { mode: 0o600 });
}

export function withdrawRequest(dataDir: string, id: string): void {
  rmSync(join(dataDir, requestPrefix + id), { force: true });
}

/** null: not answered yet. */
export function takeAnswer(dataDir: string, id: string): BackupAnswer | null {
  const path = join(dataDir, answerPrefix + id);
  if (!existsSync(path)) return null;
  const answer = JSON.parse(readFileSync(path, 'utf8')) as BackupAnswer;
  rmSync(path);
  return answer;
}

/** The ids of what is asked; each is given once. */
export function takeRequests(dataDir: string): string[] {
  const names = readdirSync(dataDir).filter((name) => name.startsWith(requestPrefix));
  for (const name of names) rmSync(join(dataDir, name), { force: true });
  return names.map((name) => name.slice(requestPrefix.length)).filter((id) => /^[a-z0-9]+$/.test(id));
}

export function answerRequest(dataDir: string, id: string, answer: BackupAnswer): void {
  const path = join(dataDir, answerPrefix + id);
  writeFileSync(`${path}.neuf`, JSON.stringify(answer), { mode: 0o600 });
  renameSync(`${path}.neuf`, path);
}
