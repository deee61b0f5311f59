/**
 * How well, how fast and in how much memory French questions are understood: this project, natural (Bayes, logistic
 * regression) and nlp.js, on the same training questions, each in a process of its own, one after the other.
 *
 * Goals: forced first answer right for 91 % of covidfaq-fr and nlpjs-fr and never below a peer; on the shipped
 * knowledge, median under 0.5 ms a question, 99th percentile under 3 ms, training under 4 s; with 1,000 intents of
 * 20 examples, training under 60 s and a question under 5 ms.
 *
 *   npm ci --prefix bench && npm run bench:understanding
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Measure } from './understanding/measure-contender.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const sets = ['covidfaq-fr', 'nlpjs-fr', 'bpds-fr', 'shipped', 'synthetic'];
const contenders = ['this project', 'natural, Bayes', 'natural, logistic regression', 'nlp.js 4'];
/** natural's logistic regression would take hours on the larger sets. */
const patience = 180_000;

console.log(
  `Understanding, Node ${process.version}, ${cpus()[0]?.model ?? 'unknown processor'} × ${cpus().length}\n`,
);
console.log(
  'Right: the expected intent is ranked first, whatever the decision, of the questions in scope. Refused: questions out of scope not answered (for this project: refused or asked about).\n',
);
for (const set of sets) {
  if (set.endsWith('-fr') && !existsSync(`${root}../shared/bench/${set}/train.jsonl`)) {
    console.log(`${set}: skipped, ../shared/bench/${set} is not here\n`);
    continue;
  }
  console.log(`${set.padEnd(30)}    right  refused   training    median      99th   memory`);
  for (const contender of contenders) {
    if (set === 'synthetic' && contender !== 'this project') continue;
    if (contender === 'nlp.js 4' && !existsSync(`${root}bench/node_modules/node-nlp`)) {
      console.log(`  ${contender.padEnd(28)} skipped: npm ci --prefix bench`);
      continue;
    }
    const measured = await measureApart(contender, set);
    console.log(
      typeof measured === 'string' ? `  ${contender.padEnd(28)} ${measured}` : describe(contender, measured),
    );
  }
  console.log('');
}

/** The measure, or why there is none. */
function measureApart(contender: string, set: string): Promise<Measure | string> {
  const { promise, resolve } = Promise.withResolvers<Measure | string>();
  const args = [
    '--disable-warning=ExperimentalWarning',
    `${root}bench/understanding/measure-contender.ts`,
    contender,
    set,
  ];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const timer = setTimeout(() => child.kill('SIGKILL'), patience);
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
  });
  child.once('close', (code, signal) => {
    clearTimeout(timer);
    if (signal === 'SIGKILL') resolve(`given up after ${patience / 1000} s`);
    else if (code !== 0) resolve(`failed with code ${code}`);
    else resolve(JSON.parse(output.trim().split('\n').at(-1) ?? '') as Measure);
  });
  return promise;
}

function describe(contender: string, measure: Measure): string {
  const percent = (share: number | null): string => (share === null ? '–' : `${(100 * share).toFixed(1)} %`);
  return [
    `  ${contender.padEnd(28)}`,
    percent(measure.accuracy).padStart(8),
    percent(measure.outOfScopeRefused).padStart(8),
    `${(measure.trainingMs / 1000).toFixed(2)} s`.padStart(10),
    `${measure.medianMs.toFixed(2)} ms`.padStart(9),
    `${measure.p99Ms.toFixed(2)} ms`.padStart(9),
    `${measure.memoryMb.toFixed(0)} MB`.padStart(8),
  ].join(' ');
}
