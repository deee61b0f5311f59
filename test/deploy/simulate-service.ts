import { copyFileSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { parse as parseEnvFile } from 'dotenv';
import { projectRoot } from '../e2e/homeserver/python.ts';
import type { Start } from './simulate-container.ts';

export const unit = readFileSync(join(projectRoot, 'deploy/assistant-teletravail.service'), 'utf8');

/** Exit codes after which systemd leaves the service stopped. */
export const notRestarted: readonly number[] = (readLines('RestartPreventExitStatus')[0] ?? '')
  .split(' ')
  .map(Number);

/**
 * What systemd would start with deploy/assistant-teletravail.service, `machine` being its root folder: Environment=,
 * under EnvironmentFile= (systemd.exec(5): the file wins), under what ExecStart= itself gives through env(1). Only its
 * own folders are there; any other path is hidden or read-only (ProtectSystem, ProtectHome).
 */
export function simulateService(machine: string): Start {
  const credentials = join(machine, 'run/credentials');
  mkdirSync(credentials, { recursive: true });
  for (const line of readLines('LoadCredential')) {
    const [name = '', path = ''] = line.split(':');
    copyFileSync(join(machine, path), join(credentials, name));
  }
  // systemd makes them before it starts anything (systemd.exec(5), StateDirectory=).
  for (const name of (readLines('StateDirectory')[0] ?? '').split(' ').filter(Boolean))
    mkdirSync(join(machine, 'var/lib', name), { recursive: true, mode: 0o700 });
  const given: Record<string, string> = {};
  for (const line of readLines('Environment')) Object.assign(given, readAssignments(line));
  for (const path of readLines('EnvironmentFile')) {
    Object.assign(given, parseEnvFile(readFileSync(join(machine, path))));
  }
  const words = (readLines('ExecStart')[0] ?? '').split(' ');
  const launcher = words.findIndex((word) => word.endsWith('/bin/assistant'));
  if (words[0] === '/usr/bin/env') Object.assign(given, readAssignments(words.slice(1, launcher).join(' ')));
  const own = ['/var/lib/assistant-teletravail', '/etc/assistant-teletravail'];
  const folderOf = (path: string): string =>
    own.some((folder) => path === folder || path.startsWith(`${folder}/`))
      ? join(machine, path)
      : join(machine, 'hidden', path);
  const env = Object.fromEntries(
    Object.entries(given).map(([name, value]) => [
      name,
      value.startsWith('%d/') ? join(credentials, value.slice(3)) : resolveState(value),
    ]),
  );
  const cwd = join(machine, readLines('WorkingDirectory')[0] ?? '');
  mkdirSync(cwd, { recursive: true });
  for (const name of ['src', 'bin']) symlinkSync(join(projectRoot, name), join(cwd, name));
  const command = [join(machine, words[launcher] ?? ''), ...words.slice(launcher + 1)];
  return { command, cwd, env, folderOf };

  function resolveState(value: string): string {
    const path = value.replace(/^%S\//, '/var/lib/');
    return path.startsWith('/') ? folderOf(path) : path;
  }
}

function readLines(key: string): string[] {
  return [...unit.matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map(([, value = '']) => value);
}

function readAssignments(words: string): Record<string, string> {
  return parseEnvFile(words.split(' ').join('\n'));
}
