import { evidenceKinds } from '../understanding/ranking/collect-evidence.ts';
import type { TrainedModel, ValidatedQuestion } from '../understanding/train-model.ts';

const FOREIGN = 'hors sujet';
const MOST_PAIRS = 15;
const MOST_GUILTY = 3;
const LONGEST_GUILTY = 80;

/** What cross-validation over intents/ says, as lines of text. */
export function reportCrossValidation({ validated, model: { thresholds, ranker } }: TrainedModel): string[] {
  const own = validated.filter(({ foreign }) => !foreign);
  const foreign = validated.filter((question) => question.foreign);
  return [
    `${own.length} questions des fiches et ${foreign.length} hors sujet, chacune classée par un modèle qui ne l'a pas vue.`,
    `Bonne fiche en tête : ${percent(own, ({ right }) => right)}`,
    '',
    'Confusions les plus fréquentes (attendu → trouvé) et leurs phrases :',
    ...confusionsOf(validated),
    '',
    'Ce que donne chaque seuil de réponse :',
    'seuil    répondu  dont juste  mauvaise fiche  hors sujet répondu',
    ...[0.4, 0.5, 0.6, 0.7, 0.8, 0.9].map((threshold) => coverageLine(threshold, own, foreign)),
    `${coverageLine(thresholds.answer, own, foreign)}   ← retenu`,
    `Refus quand les choix à proposer valent ensemble moins de ${thresholds.refuse.toFixed(2)}.`,
    '',
    'Confiance annoncée et justesse :',
    ...reliabilityLines(own.map(({ confidence, right }) => ({ confidence, right }))),
    '',
    `Poids des indices : ${evidenceKinds.map((kind, k) => `${kind} ${ranker[k]?.toFixed(1)}`).join(', ')}`,
  ];
}

/** Ten bins of confidence: how many, mean confidence, share right. */
export function reliabilityLines(
  answers: readonly { readonly confidence: number; readonly right: boolean }[],
): string[] {
  const lines = ['confiance    questions  moyenne  juste'];
  for (let bin = 0; bin < 10; bin++) {
    const inside = answers.filter(({ confidence }) => Math.min(9, Math.floor(confidence * 10)) === bin);
    if (inside.length === 0) continue;
    const mean = inside.reduce((sum, { confidence }) => sum + confidence, 0) / inside.length;
    const range = `${(bin / 10).toFixed(1)} à ${((bin + 1) / 10).toFixed(1)}`;
    lines.push(
      `${range.padEnd(12)} ${String(inside.length).padStart(9)} ${mean.toFixed(2).padStart(8)} ${percent(inside, ({ right }) => right)}`,
    );
  }
  return lines;
}

export function percent<T>(all: readonly T[], isCounted: (one: T) => boolean): string {
  if (all.length === 0) return '–'.padStart(7);
  return `${((100 * all.filter(isCounted).length) / all.length).toFixed(1)} %`.padStart(7);
}

function coverageLine(
  threshold: number,
  own: readonly ValidatedQuestion[],
  foreign: readonly ValidatedQuestion[],
): string {
  const answered = own.filter(({ confidence }) => confidence >= threshold);
  return [
    threshold.toFixed(2).padEnd(6),
    percent(own, ({ confidence }) => confidence >= threshold).padStart(9),
    percent(answered, ({ right }) => right).padStart(11),
    percent(own, ({ confidence, right }) => confidence >= threshold && !right).padStart(15),
    percent(foreign, ({ confidence }) => confidence >= threshold).padStart(19),
  ].join(' ');
}

function confusionsOf(validated: readonly ValidatedQuestion[]): string[] {
  const pairs = new Map<string, string[]>();
  for (const { expected, found, text } of validated) {
    if (expected === found) continue;
    const pair = `${expected ?? FOREIGN} → ${found ?? FOREIGN}`;
    pairs.set(pair, [...(pairs.get(pair) ?? []), text]);
  }
  return [...pairs]
    .sort(([, a], [, b]) => b.length - a.length)
    .slice(0, MOST_PAIRS)
    .flatMap(([pair, guilty]) => [
      `${String(guilty.length).padStart(4)}  ${pair}`,
      ...guilty
        .slice(0, MOST_GUILTY)
        .map((text) => `        ${text.replaceAll(/\s+/g, ' ').slice(0, LONGEST_GUILTY)}`),
    ]);
}
