/**
 * 100,000 direct messages, each with a question answered and left open: what the process keeps of them in memory, and
 * what lies on disk. Goal (issue 6): under 200 MB resident, the idle conversations on disk only.
 *
 * Beside it, in the same run, a floor: the same process before the first message.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createBot } from '../src/bot/bot.ts';
import { loadBrain } from '../src/brain/load-brain.ts';
import { renderReply } from '../src/conversation/rendering/render-reply.ts';
import { respond } from '../src/conversation/respond.ts';
import { openStore } from '../src/store/open-store.ts';

const { values } = parseArgs({ options: { count: { type: 'string', default: '100000' } } });
const count = Number(values.count);
const folder = mkdtempSync(join(tmpdir(), 'conversations-'));
const file = join(folder, 'assistant.db');
const questions: readonly [string, string, string] = [
  'mon vpn ne marche plus',
  'comment chiffrer une clé USB ?',
  'je me connecte comment à COMU ?',
];

try {
  const brain = await loadBrain();
  const store = openStore(file);
  const bot = createBot({ store, brain: () => brain, respond, render: renderReply });
  const ask = (person: number) => {
    const room = `!dm${person}:exemple.test` as const;
    return bot.handle({
      id: `$${person}`,
      conversation: room,
      room,
      place: 'dm',
      sender: `@agent${person}:exemple.test`,
      thread: null,
      sentAt: Date.now(),
      late: false,
      input: { type: 'text', text: questions[person % questions.length] ?? questions[0] },
    });
  };
  await ask(-1);
  const floor = resident();
  const start = performance.now();
  for (let person = 0; person < count; person += 1) {
    await ask(person);
    if (person % 10_000 === 9_999) console.error(`${person + 1}…  ${resident().toFixed(0)} MB`);
  }
  const seconds = (performance.now() - start) / 1000;
  const machine = `${cpus()[0]?.model ?? 'unknown processor'} × ${cpus().length}`;
  console.log(`${count} conversations, Node ${process.version}, ${machine}`);
  console.log(`resident before     ${floor.toFixed(0)} MB`);
  console.log(`resident after      ${resident().toFixed(0)} MB, × ${(resident() / floor).toFixed(2)}`);
  console.log(`on disk             ${(statSync(file).size / 2 ** 20).toFixed(0)} MB`);
  console.log(
    `a message           ${((seconds / count) * 1000).toFixed(2)} ms (understanding, answer, one transaction)`,
  );
  store.close();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function resident(): number {
  return process.memoryUsage.rss() / 2 ** 20;
}
