import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findFreePort } from './homeserver/find-free-port.ts';
import { createMatrixClient } from './homeserver/matrix-client.ts';
import { projectRoot } from './homeserver/python.ts';
import { type Synapse, startSynapse } from './homeserver/start-synapse.ts';

// systemd runs here in no container: what the unit allows is read with its own tools, what the bot does with strace.
const unitPath = join(projectRoot, 'deploy/assistant-teletravail.service');
const unit = readFileSync(unitPath, 'utf8');
const hasTools = ['systemd-analyze', 'strace'].every((tool) => spawnSync(tool, ['--version']).status === 0);

let synapse: Synapse;
const folder = mkdtempSync(join(tmpdir(), 'confinement-'));

beforeAll(async () => {
  if (hasTools) synapse = await startSynapse();
});
afterAll(async () => {
  await synapse?.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** systemd.exec(5): a set names system calls and other sets. */
function readSets(): ReadonlyMap<string, readonly string[]> {
  const { stdout } = spawnSync('systemd-analyze', ['syscall-filter', '--no-pager'], { encoding: 'utf8' });
  const sets = new Map<string, string[]>();
  let current: string[] = [];
  for (const line of stdout.split('\n')) {
    if (line.startsWith('@')) {
      current = [];
      sets.set(line.trim(), current);
    } else if (/^ +[^# ]/.test(line)) current.push(line.trim());
  }
  return sets;
}

function listAllowed(): ReadonlySet<string> {
  const sets = readSets();
  const expand = (name: string): string[] =>
    name.startsWith('@') ? (sets.get(name) ?? []).flatMap(expand) : [name];
  const allowed = new Set<string>();
  for (const [, sign = '', names = ''] of unit.matchAll(/^SystemCallFilter=(~?)(.+)$/gm)) {
    const calls = names.split(' ').flatMap(expand);
    for (const call of calls) {
      if (sign === '~') allowed.delete(call);
      else allowed.add(call);
    }
  }
  return allowed;
}

test.skipIf(!hasTools)('the unit leaves little open, by the count of systemd itself', () => {
  const { stdout } = spawnSync('systemd-analyze', ['security', '--offline=true', '--no-pager', unitPath], {
    encoding: 'utf8',
  });
  expect(Number(/Overall exposure level .*: ([\d.]+)/.exec(stdout)?.[1])).toBeLessThanOrEqual(1.5);
});

test.skipIf(!hasTools)('and yet the bot makes no system call that the unit forbids', async () => {
  const account = await synapse.createUser('assistant', { displayName: 'Assistant télétravail' });
  const trace = join(folder, 'trace');
  const dataDir = join(folder, 'donnees');
  const port = await findFreePort();
  const bot = spawn('strace', ['-f', '-qq', '-o', trace, join(projectRoot, 'bin/assistant'), 'start'], {
    env: {
      PATH: process.env['PATH'] ?? '',
      HOMESERVER_URL: synapse.url,
      ACCESS_TOKEN: account.accessToken,
      DATA_DIR: dataDir,
      BACKUP_DIR: join(dataDir, 'sauvegardes'),
      HEALTH_PORT: String(port),
      PAGE_PORT: '0',
      STORE_KEY: 'cle-de-test-cle-de-test-cle-de-test',
    },
    stdio: 'ignore',
    detached: true,
  });
  const ended = new Promise((resolve) => bot.once('exit', resolve));
  try {
    const agent = createMatrixClient(synapse.url, await synapse.createUser('marie'));
    const room = await agent.createDirectRoom(account.userId);
    await agent.waitForMember(room, account.userId, 90_000);
    const question = await agent.send(room, 'mon vpn marche pas sur mon noemi');
    await agent.waitFor(
      room,
      ({ sender, content }) => sender === account.userId && JSON.stringify(content).includes(question),
      60_000,
    );
    const limit = Date.now() + 20_000;
    while (!existsSync(join(dataDir, 'sauvegardes')) && Date.now() < limit)
      await new Promise((resolve) => setTimeout(resolve, 200));
  } finally {
    // The group: strace passes no signal on.
    process.kill(-(bot.pid ?? 0), 'SIGTERM');
    const late = setTimeout(() => process.kill(-(bot.pid ?? 0), 'SIGKILL'), 15_000);
    await ended;
    clearTimeout(late);
  }
  const called = [...new Set(readFileSync(trace, 'utf8').match(/(?<=^\d+ +)[a-z_0-9]+(?=\()/gm))];
  expect(called.length).toBeGreaterThan(30);
  const allowed = listAllowed();
  // SQLite gives the owner of the database to its other files when it runs as root, which the service never does.
  const asRoot = process.getuid?.() === 0 ? ['fchown'] : [];
  expect(called.filter((call) => !allowed.has(call) && !asRoot.includes(call))).toEqual([]);
});
