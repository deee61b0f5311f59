/**
 * Start-up to first answer, and resident memory, of the bot as it is shipped: a process is started and asked one
 * question; the clock stops at its answer. Once with nothing kept of its files, so that it reads and trains, and once
 * as `npm ci` or the last start left it. Beside it, in the same run, two floors: Node alone, and Node that only reads the YAML files.
 *
 * Goals: under 2 s, under 200 MB.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '../src/brain/brain-cache.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const runs = 7;
/** Those of bin/assistant, which started this process. */
const flags = process.execArgv;

interface Contender {
  readonly name: string;
  readonly args: readonly string[];
  readonly input: string;
  /** Before each run. */
  readonly prepare?: () => void;
}

const contenders: readonly Contender[] = [
  { name: 'node alone', args: ['-e', 'console.log("{}"); setInterval(() => {}, 1000)'], input: '' },
  {
    name: 'node + YAML files read',
    args: [
      ...flags,
      '--input-type=module',
      '-e',
      `const { loadContent } = await import('${root}src/knowledge/load-content.ts');
       await loadContent('${root}'); console.log("{}"); setInterval(() => {}, 1000);`,
    ],
    input: '',
  },
  {
    name: 'the bot, changed files',
    args: [...flags, `${root}src/cli/ask.ts`, '--jsonl'],
    input: `${JSON.stringify({ id: 1, text: 'mon vpn marche pas sur mon noemi' })}\n`,
    prepare: forgetBrain,
  },
  {
    name: 'the bot, as npm ci leaves it',
    args: [...flags, `${root}src/cli/ask.ts`, '--jsonl'],
    input: `${JSON.stringify({ id: 1, text: 'mon vpn marche pas sur mon noemi' })}\n`,
  },
];

const machine = `${cpus()[0]?.model ?? 'unknown processor'} × ${cpus().length}`;
console.log(`Start-up to first answer, ${runs} runs each, Node ${process.version}, ${machine}\n`);
const floor = { seconds: 0, megabytes: 0 };
for (const contender of contenders) {
  const seconds: number[] = [];
  const megabytes: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const measured = await measure(contender);
    seconds.push(measured.seconds);
    megabytes.push(measured.megabytes);
  }
  const time = median(seconds);
  const memory = median(megabytes);
  if (floor.seconds === 0) Object.assign(floor, { seconds: time, megabytes: memory });
  const spread = `min ${Math.min(...seconds).toFixed(2)}, max ${Math.max(...seconds).toFixed(2)}`;
  console.log(
    `${contender.name.padEnd(29)} ${time.toFixed(2)} s (${spread}), × ${(time / floor.seconds).toFixed(1)}` +
      `   resident ${memory.toFixed(0)} MB, × ${(memory / floor.megabytes).toFixed(1)}`,
  );
}

/** Time to the first line on stdout, and VmRSS one second later, once start-up garbage has had a chance to go. */
async function measure({ args, input, prepare }: Contender): Promise<{ seconds: number; megabytes: number }> {
  prepare?.();
  const start = performance.now();
  const child: ChildProcess = spawn(process.execPath, args, {
    cwd: root,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin?.write(input);
  await new Promise<void>((resolve, reject) => {
    child.stdout?.once('data', () => resolve());
    child.once('exit', (code) => reject(new Error(`ended with code ${code} before it answered`)));
  });
  const seconds = (performance.now() - start) / 1000;
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
  return { seconds, megabytes: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024 };
}

/** Compiled code stays: `npm ci` does not bring it, but any command before has left it. */
function forgetBrain(): void {
  rmSync(cacheFolder, { recursive: true, force: true });
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
