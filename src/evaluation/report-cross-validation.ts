import { evidenceKinds } from '../understanding/ranking/collect-evidence.ts';
import type { TrainedModel, ValidatedQuestion } from '../understanding/train-model.ts';
import { formatDecimal, formatShare, layTable, shareOf } from './format-figures.ts';

const outOfScopeName = 'hors sujet';
const mostPairs = 15;
const mostGuilty = 3;
const longestGuilty = 80;

/** What cross-validation over intents/ says, as lines of text. */
export function reportCrossValidation({ validated, model: { thresholds, ranker } }: TrainedModel): string[] {
  const own = validated.filter((question) => !question.outOfScope);
  const outOfScope = validated.filter((question) => question.outOfScope);
  return [
    `${own.length} questions des fiches et ${outOfScope.length} hors sujet, chacune classée par un modèle qui ne l’a pas vue.`,
    `Bonne fiche en tête : ${formatShare(shareOf(own, ({ right }) => right))}`,
    '',
    'Confusions les plus fréquentes (attendu → trouvé) et leurs phrases :',
    ...confusionsOf(validated),
    '',
    'Ce que donne chaque seuil de réponse :',
    ...layTable(
      ['seuil', 'répondu', 'dont juste', 'mauvaise fiche', 'hors sujet répondu'],
      [0.4, 0.5, 0.6, 0.7, 0.8, 0.9, thresholds.answer].map((threshold) =>
        coverageRow(threshold, own, outOfScope),
      ),
    ),
    `La dernière ligne est le seuil retenu. Refus quand les choix à proposer valent ensemble moins de ${formatDecimal(thresholds.refuse, 2)}.`,
    '',
    'Confiance annoncée et justesse :',
    ...reliabilityLines(own.map(({ confidence, right }) => ({ confidence, right }))),
    '',
    `Poids des indices : ${evidenceKinds.map((kind, k) => `${evidenceNames[kind]} ${formatDecimal(ranker[k] ?? 0, 1)}`).join(' ; ')}.`,
  ];
}

/** Ten bins of confidence: how many, mean confidence, share right. */
export function reliabilityLines(
  answers: readonly { readonly confidence: number; readonly right: boolean }[],
): string[] {
  const rows: string[][] = [];
  for (let bin = 0; bin < 10; bin++) {
    const inside = answers.filter(({ confidence }) => Math.min(9, Math.floor(confidence * 10)) === bin);
    if (inside.length === 0) continue;
    const mean = inside.reduce((sum, { confidence }) => sum + confidence, 0) / inside.length;
    rows.push([
      `${formatDecimal(bin / 10, 1)} à ${formatDecimal((bin + 1) / 10, 1)}`,
      String(inside.length),
      formatDecimal(mean, 2),
      formatShare(shareOf(inside, ({ right }) => right)),
    ]);
  }
  return layTable(['confiance', 'questions', 'moyenne', 'juste'], rows);
}

/** What each kind of evidence is called in the report. */
const evidenceNames: Readonly<Record<(typeof evidenceKinds)[number], string>> = {
  margin: 'marge',
  'product margin': 'marge du produit',
  'need margin': 'marge du besoin',
  'no product': 'sans produit',
  'no need': 'sans besoin',
  nearest: 'plus proche',
  neighbourhood: 'voisinage',
  text: 'texte de la fiche',
  coverage: 'mots couverts',
  bayes: 'Bayes',
  'names its product': 'nomme son produit',
  'names another product': 'nomme un autre produit',
  'names a product, has none': 'nomme un produit, n’en a pas',
  'letter: best margin': 'lettre, meilleure marge',
  'letter: best asking margin': 'lettre, meilleure marge d’une demande',
  'letter: best product margin': 'lettre, meilleure marge du produit',
  'letter: best need margin': 'lettre, meilleure marge du besoin',
  'letter: best nearest': 'lettre, plus proche',
  'letter: best text': 'lettre, texte de la fiche',
  'letter: best coverage': 'lettre, mots couverts',
  'letter: best bayes': 'lettre, Bayes',
  'letter: small talk': 'lettre, politesse',
  'out of scope': 'hors sujet',
  'out of scope: margin': 'hors sujet, marge',
  'out of scope: nearest': 'hors sujet, plus proche',
  'out of scope: neighbourhood': 'hors sujet, voisinage',
  'out of scope: coverage': 'hors sujet, mots couverts',
  'out of scope: bayes': 'hors sujet, Bayes',
  'out of scope: names a tool out of scope': 'hors sujet, nomme un outil hors sujet',
  'out of scope: names a product': 'hors sujet, nomme un produit',
  'out of scope: letter': 'hors sujet, lettre',
  'out of scope: margin of a letter': 'hors sujet, marge d’une lettre',
};

function coverageRow(
  threshold: number,
  own: readonly ValidatedQuestion[],
  outOfScope: readonly ValidatedQuestion[],
): string[] {
  const answered = own.filter(({ confidence }) => confidence >= threshold);
  return [
    formatDecimal(threshold, 2),
    ...[
      shareOf(own, ({ confidence }) => confidence >= threshold),
      shareOf(answered, ({ right }) => right),
      shareOf(own, ({ confidence, right }) => confidence >= threshold && !right),
      shareOf(outOfScope, ({ confidence }) => confidence >= threshold),
    ].map(formatShare),
  ];
}

function confusionsOf(validated: readonly ValidatedQuestion[]): string[] {
  const pairs = new Map<string, string[]>();
  for (const { expected, found, text } of validated) {
    if (expected === found) continue;
    const pair = `${expected ?? outOfScopeName} → ${found ?? outOfScopeName}`;
    pairs.set(pair, [...(pairs.get(pair) ?? []), text]);
  }
  return [...pairs]
    .sort(([, a], [, b]) => b.length - a.length)
    .slice(0, mostPairs)
    .flatMap(([pair, guilty]) => [
      `${String(guilty.length).padStart(4)}  ${pair}`,
      ...guilty
        .slice(0, mostGuilty)
        .map((text) => `        ${text.replaceAll(/\s+/g, ' ').slice(0, longestGuilty)}`),
    ]);
}
