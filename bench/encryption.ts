/**
 * What encryption costs, on the store as it ships (SQLite, every commit on the disk) and on the library's in-memory store
 * in the same run: a send in a direct message, a room key shared to 100 and to 1,000 devices, reopening and resident
 * memory at 1,000 and 5,000 peer devices. Each case is a process of its own (bench/encryption-case.ts), and so is its
 * homeserver (bench/encryption-peers.ts): what is measured is the library and the store, and no memory but theirs.
 *
 * Goals: send in a direct message ≤ 15 ms (median); reopen at 5,000 devices < 150 ms; resident memory < 250 MB.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CaseResult } from './encryption-case.ts';

const script = fileURLToPath(new URL('./encryption-case.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'bench-encryption-'));
const flags = ['--disable-warning=ExperimentalWarning', '--expose-gc', '--max-semi-space-size=4'];

function run(step: 'share' | 'reopen', path: string, devices: number, sends: number): CaseResult {
  const child = spawnSync(process.execPath, [...flags, script, step, path, String(devices), String(sends)], {
    encoding: 'utf8',
    // As the image and the service have it.
    env: { ...process.env, MALLOC_ARENA_MAX: '2' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (child.status !== 0) throw new Error(`${step} ${devices}: exit code ${child.status}`);
  return JSON.parse(child.stdout) as CaseResult;
}

console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? '?'}\n`);
const rows: Record<string, string | number>[] = [];
const goals: [string, number, number, string][] = [];
try {
  for (const [name, devices, sends] of [
    ['direct message (2 devices)', 2, 200],
    ['room of 100 devices', 100, 50],
    ['salon of 1,000 devices', 1_000, 15],
    ['salon of 5,000 devices', 5_000, 5],
  ] as const) {
    const path = join(folder, `${devices}.sqlite`);
    const disk = run('share', path, devices, sends);
    const memory = run('share', ':memory:', devices, sends);
    const reopened = middle(() => run('reopen', path, devices, 0));
    rows.push({
      case: name,
      'first send ms': disk.first,
      'in memory': memory.first,
      ratio: ratio(disk.first, memory.first),
      'on the processor': disk.cpu,
      'in memory, on it': memory.cpu,
      'send ms (median)': disk.median,
      'send in memory': memory.median,
      'RSS MB': disk.rss,
      'peak MB': disk.peak,
      'RSS in memory': memory.rss,
      'opening ms': reopened.opening,
      'reopen ms': reopened.first,
      'reopen, on the processor': reopened.cpu,
      'RSS reopened': reopened.rss,
      'disk MB': Math.round((statSync(path).size + statSync(`${path}-wal`).size) / 1e5) / 10,
    });
    if (devices === 2) goals.push(['send in a direct message, median', disk.median, 15, 'ms']);
    if (devices === 5_000) {
      goals.push(['reopen at 5,000 devices', reopened.first, 150, 'ms']);
      goals.push(['resident memory at 5,000 devices, reopened', reopened.rss, 250, 'MB']);
      goals.push(['resident memory at 5,000 devices, after the share', disk.rss, 250, 'MB']);
      goals.push(['the same at its peak', disk.peak, 250, 'MB']);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.table(rows);
for (const [what, value, goal, unit] of goals) {
  console.log(`${value <= goal ? '✓' : '✗'} ${what}: ${value} ${unit} (goal ${goal})`);
}
process.exitCode = goals.every(([, value, goal]) => value <= goal) ? 0 : 1;

/** The median of three: a reopening is so short that one other job's moment doubles it. */
function middle(measure: () => CaseResult): CaseResult {
  const [, second] = [measure(), measure(), measure()].sort((one, other) => one.first - other.first);
  if (second === undefined) throw new Error('nothing measured');
  return second;
}

function ratio(one: number, other: number): string {
  return `×${(one / Math.max(other, 0.1)).toFixed(1)}`;
}
