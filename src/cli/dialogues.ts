import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { loadBrain } from '../brain/load-brain.ts';
import { type HeardTurn, judgeTurn } from '../evaluation/judge-turn.ts';
import { readDialogues, readPause, type ScriptedDialogue } from '../evaluation/scripted-dialogue.ts';
import { ContentError } from '../knowledge/load-content.ts';
import { projectRoot } from '../knowledge/project-root.ts';
import { createLocalWorld } from '../local/local-world.ts';
import { defaultSupportSettings } from '../tickets/load-support-settings.ts';
import { readOptions } from './read-options.ts';

const help = `Joue les conversations écrites de test/dialogues/ et dit lesquelles se passent mal.

  npm run dialogues                   toutes, les ratées montrées comme un échange
  npm run dialogues -- d1 VPN         celles dont le fichier ou le nom contient « d1 » ou « VPN »
  npm run dialogues -- --bref         les comptes seuls
  npm run dialogues -- --scelles      le jeu scellé : compté, jamais montré

Code de sortie : 0 quand tout passe, 1 sinon, 2 quand la commande est mal écrite.`;

const { values, positionals } = readOptions(
  help,
  { bref: { type: 'boolean' }, scelles: { type: 'boolean' } },
  { words: true },
);
const sealed = values.scelles === true;
const folder = join(projectRoot, 'test/dialogues', sealed ? 'scelles' : '');
/** A Monday morning: somebody is there to answer. */
const start = Date.parse('2026-11-30T09:00:00+01:00');

interface PlayedTurn {
  readonly said: string;
  readonly heard: HeardTurn;
  readonly faults: readonly string[];
}

const brain = await loadBrain().catch((error: unknown) => {
  if (error instanceof ContentError) {
    console.error(error.message);
    process.exit(1);
  }
  throw error;
});

const counts = { conversations: 0, right: 0, turns: 0, rightTurns: 0 };
const byFile = new Map<string, [right: number, all: number]>();
const byCause = new Map<number, [right: number, all: number]>();
const fiches = new Set<string>();
const lengths: number[] = [];

for (const name of (await readdir(folder)).filter((file) => file.endsWith('.yaml')).sort()) {
  for (const dialogue of await readDialogues(join(folder, name))) {
    const wanted = (word: string): boolean => name.includes(word) || dialogue.name.includes(word);
    if (!sealed && positionals.length > 0 && !positionals.some(wanted)) continue;
    const turns = await play(dialogue);
    count(name, dialogue, turns);
    if (!sealed && values.bref !== true && turns.some(({ faults }) => faults.length > 0))
      show(name, dialogue, turns);
  }
  if (process.stderr.isTTY) process.stderr.write(`\r${counts.right}/${counts.conversations} `);
}
report();
process.exitCode = counts.right === counts.conversations && counts.conversations > 0 ? 0 : 1;

async function play(dialogue: ScriptedDialogue): Promise<PlayedTurn[]> {
  let now = start;
  const world = createLocalWorld({
    brain: () => brain,
    clock: () => now,
    support: { ...defaultSupportSettings, room: '!support' },
  });
  const played: PlayedTurn[] = [];
  for (const turn of dialogue.turns) {
    now += turn.apres === undefined ? 20_000 : readPause(turn.apres);
    const act =
      turn.reaction === undefined
        ? ({ type: 'text', text: turn.agent ?? '' } as const)
        : ({ type: 'reaction', key: turn.reaction } as const);
    const handled = await world.handle({ from: '@agent', room: '!prive', kind: 'dm', mentioned: false, act });
    const text = (handled?.outgoing ?? [])
      .flatMap(({ address, content }) =>
        address === '!prive' && (content.type === 'message' || content.type === 'edit') ? content.text : [],
      )
      .join('\n\n');
    const heard: HeardTurn = {
      text,
      outcome: handled?.turn?.outcome ?? null,
      fiche: handled?.turn?.fiche ?? null,
      intent: handled?.turn?.intent ?? null,
      offered: handled?.turn?.candidates.map(({ id }) => id) ?? [],
      effects: handled?.turn?.effects.map(({ type }) => type) ?? [],
    };
    played.push({ said: turn.agent ?? turn.reaction ?? '', heard, faults: judgeTurn(turn, heard) });
  }
  world.store.close();
  return played;
}

function count(file: string, { cause }: ScriptedDialogue, turns: readonly PlayedTurn[]): void {
  const right = turns.every(({ faults }) => faults.length === 0);
  counts.conversations += 1;
  counts.turns += turns.length;
  counts.rightTurns += turns.filter(({ faults }) => faults.length === 0).length;
  if (right) counts.right += 1;
  add(byFile, file, right);
  add(byCause, cause, right);
  for (const { heard } of turns) {
    if (heard.fiche !== null) fiches.add(heard.fiche);
    if (heard.outcome === 'answer') lengths.push(heard.text.length);
  }
}

function add<Key>(map: Map<Key, [number, number]>, key: Key, right: boolean): void {
  const [yes, all] = map.get(key) ?? [0, 0];
  map.set(key, [yes + (right ? 1 : 0), all + 1]);
}

function show(file: string, dialogue: ScriptedDialogue, turns: readonly PlayedTurn[]): void {
  console.log(`\n── ${file}, cause ${dialogue.cause} : ${dialogue.name}`);
  for (const { said, heard, faults } of turns) {
    console.log(`  Agent      ${said.replaceAll('\n', '\n             ')}`);
    const body = heard.text.length > 500 ? `${heard.text.slice(0, 500)}…` : heard.text;
    console.log(`  Assistant  ${body.replaceAll(/\n+/g, '\n             ') || '(silence)'}`);
    for (const fault of faults) console.log(`  ✗          ${fault}`);
  }
}

function report(): void {
  const share = (some: number, of: number): string =>
    of === 0 ? '–' : `${((100 * some) / of).toFixed(1).replace('.', ',')} %`;
  console.log(
    `\nConversations réussies : ${counts.right} sur ${counts.conversations} (${share(counts.right, counts.conversations)})`,
  );
  console.log(
    `Tours réussis : ${counts.rightTurns} sur ${counts.turns} (${share(counts.rightTurns, counts.turns)})`,
  );
  const line = <Key>(map: Map<Key, [number, number]>): string =>
    [...map].map(([key, [yes, all]]) => `${key} ${yes}/${all}`).join(', ');
  console.log(`Par fichier : ${line(byFile)}`);
  console.log(`Par cause : ${line(new Map([...byCause].sort(([a], [b]) => a - b)))}`);
  lengths.sort((a, b) => a - b);
  console.log(
    `Réponses : ${lengths[Math.floor(lengths.length / 2)] ?? 0} caractères à la médiane ; fiches vues : ${fiches.size} sur ${brain.content.fiches.size}`,
  );
}
