/**
 * One turn of a conversation, without store or network: the scripted conversations of test/dialogues/, played one turn
 * after the other as a bot that has just started would. Goal: 2 ms at the median, 5 ms at the 99th percentile.
 *
 * Processor time of the thread counts beside elapsed time: on a machine that does other work, the latter says more of
 * the neighbours.
 */
import { readdir } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { loadBrain } from '../src/brain/load-brain.ts';
import { warmUp } from '../src/brain/warm-up.ts';
import type { ConversationState } from '../src/conversation/conversation.ts';
import { respond } from '../src/conversation/respond.ts';
import { readDialogues, readPause, type ScriptedDialogue } from '../src/evaluation/scripted-dialogue.ts';
import { projectRoot } from '../src/knowledge/project-root.ts';

const rounds = 3;
const start = Date.parse('2026-11-30T09:00:00+01:00');
const slowestShown = 5;

interface TimedTurn {
  readonly said: string;
  /** Milliseconds. */
  readonly elapsed: number;
  readonly processor: number;
}

const brain = await loadBrain();
warmUp(brain);
const folder = join(projectRoot, 'test/dialogues');
const files = (await readdir(folder)).filter((file) => file.endsWith('.yaml')).sort();
const dialogues = (await Promise.all(files.map((file) => readDialogues(join(folder, file))))).flat();
const turns = Array.from({ length: rounds }, () => dialogues.flatMap(play)).flat();

console.log(`Node ${process.version}, ${cpus()[0]?.model ?? 'processeur inconnu'} × ${cpus().length}`);
console.log(
  `${turns.length / rounds} tours de ${dialogues.length} conversations, joués ${rounds} fois              médiane   99e centile       pire`,
);
report('temps de processeur', ({ processor }) => processor);
report('temps écoulé', ({ elapsed }) => elapsed);
console.log('\nLes plus lents, en temps de processeur :');
for (const { said, processor } of turns
  .toSorted((a, b) => b.processor - a.processor)
  .slice(0, slowestShown)) {
  console.log(`  ${inMilliseconds(processor)}  ${said.replaceAll('\n', ' ').slice(0, 90)}`);
}

function play(dialogue: ScriptedDialogue): TimedTurn[] {
  let state: ConversationState | null = null;
  let now = start;
  let lastTurn = 't0';
  return dialogue.turns.map(({ agent, reaction, apres }, index) => {
    now += apres === undefined ? 20_000 : readPause(apres);
    const turnId = `t${index + 1}`;
    const input =
      reaction === undefined
        ? ({ type: 'text', text: agent ?? '' } as const)
        : ({ type: 'reaction', key: reaction, turnId: lastTurn } as const);
    const situation = { turnId, place: 'dm', now, interactive: true, handoff: 'available' } as const;
    const before = { elapsed: performance.now(), processor: process.threadCpuUsage() };
    const turn = respond(state, input, situation, brain.content, brain.mind);
    const { user, system } = process.threadCpuUsage(before.processor);
    const elapsed = performance.now() - before.elapsed;
    state = turn.state;
    lastTurn = turnId;
    return { said: agent ?? reaction ?? '', elapsed, processor: (user + system) / 1000 };
  });
}

function report(name: string, timeOf: (turn: TimedTurn) => number): void {
  const times = turns.map(timeOf).sort((a, b) => a - b);
  const at = (share: number): number =>
    times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN;
  console.log(
    `  ${name.padEnd(58)} ${[0.5, 0.99, 1].map((share) => inMilliseconds(at(share)).padStart(11)).join(' ')}`,
  );
}

function inMilliseconds(time: number): string {
  return `${time.toFixed(2).replace('.', ',')} ms`;
}
