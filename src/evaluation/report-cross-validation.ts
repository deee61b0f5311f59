import type { Model } from '../understanding/model.ts';
import { evidenceKinds } from '../understanding/ranking/collect-evidence.ts';
import { isByStranger, type TrainedModel, type ValidatedQuestion } from '../understanding/train-model.ts';
import { formatDecimal, formatShare, layTable, sharedHeadings, shareOf } from './format-figures.ts';

const outOfScopeName = 'hors sujet';
const mostPairs = 10;
const longestGuilty = 160;

/** What cross-validation over intents/ says, as lines of text. */
export function reportCrossValidation(trained: TrainedModel): string[] {
  const { validated, amongSiblings, foldKind, model } = trained;
  const { thresholds, ranker } = model;
  // Among folds by writer, the small talk of the house is held out too, for the ranker: it is no stranger's.
  const counted = foldKind === 'writers' ? validated.filter(isByStranger) : validated;
  const own = counted.filter((question) => !question.outOfScope);
  const outOfScope = counted.filter((question) => question.outOfScope);
  return [
    ...explainFolds(foldKind, counted),
    '',
    ...layTable(
      ['plis', ...kindHeadings],
      [
        ...(foldKind === 'writers' ? [kindRow('par auteur', counted, thresholds)] : []),
        kindRow('au hasard', foldKind === 'writers' ? amongSiblings : counted, thresholds),
      ],
    ),
    '',
    ...(foldKind === 'writers'
      ? ['Chaque auteur, quand le modèle ne l’a jamais lu :', ...writerRows(counted, thresholds), '']
      : []),
    `Les ${mostPairs} confusions les plus fréquentes (attendu → trouvé), avec une question :`,
    ...confusionsOf(counted),
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

function explainFolds(
  foldKind: TrainedModel['foldKind'],
  counted: readonly ValidatedQuestion[],
): readonly string[] {
  switch (foldKind) {
    case 'writers':
      return [
        'Par auteur : les questions de chaque auteur, classées par un modèle qui n’a rien lu de lui, comme un agent que l’on ne connaît pas. Les seuils en viennent.',
        'Au hasard : toutes les questions, classées par un modèle qui n’a pas lu celle-là, mais d’autres de la même main. C’est flatteur quand elles se ressemblent, sévère quand chacune dit ce qu’aucune autre ne dit.',
      ];
    case 'random':
      return [
        `${counted.length} questions, chacune classée par un modèle qui ne l’a pas lue. Trop peu d’auteurs sont nommés (« voix ») pour compter par auteur.`,
      ];
  }
}

const kindHeadings = [...sharedHeadings, 'hors sujet qui nomme\nun outil, répondu', 'petites\nintentions'];

function kindRow(
  name: string,
  questions: readonly ValidatedQuestion[],
  { answer, refuse }: Model['thresholds'],
): string[] {
  const own = questions.filter((question) => !question.outOfScope && !question.isSmallTalk);
  const smallTalk = questions.filter((question) => question.isSmallTalk);
  const outOfScope = questions.filter((question) => question.outOfScope);
  const isAnswered = ({ confidence }: ValidatedQuestion): boolean => confidence >= answer;
  const isMetWithChoices = (question: ValidatedQuestion): boolean =>
    !isAnswered(question) && question.offered >= refuse;
  return [
    name,
    String(own.length),
    String(outOfScope.length),
    ...[
      shareOf(own, ({ right }) => right),
      shareOf(own, (question) => isAnswered(question) && question.right),
      shareOf(own, (question) =>
        isAnswered(question) ? question.right : isMetWithChoices(question) && question.isAmongChoices,
      ),
      shareOf(own, (question) => isAnswered(question) && !question.right),
      shareOf(outOfScope, isAnswered),
      shareOf(outOfScope, isMetWithChoices),
      shareOf(
        outOfScope.filter(({ namesTool }) => namesTool),
        isAnswered,
      ),
      shareOf(smallTalk, (question) => isAnswered(question) && question.right),
    ].map(formatShare),
  ];
}

function writerRows(counted: readonly ValidatedQuestion[], thresholds: Model['thresholds']): string[] {
  const writers = Map.groupBy(counted, ({ writer }) => writer ?? '');
  return layTable(
    ['auteur', ...kindHeadings],
    [...writers]
      .sort(([a], [b]) => a.localeCompare(b, 'fr', { numeric: true }))
      .map(([writer, questions]) => kindRow(writer, questions, thresholds)),
  );
}

/**
 * Ten bins of confidence: how many, mean confidence, share right; then the expected calibration error (Naeini and others,
 * 2015): the mean distance between the two, each bin counted by its questions.
 */
export function reliabilityLines(
  answers: readonly { readonly confidence: number; readonly right: boolean }[],
): string[] {
  const rows: string[][] = [];
  let distance = 0;
  for (let bin = 0; bin < 10; bin++) {
    const inside = answers.filter(({ confidence }) => Math.min(9, Math.floor(confidence * 10)) === bin);
    if (inside.length === 0) continue;
    const mean = inside.reduce((sum, { confidence }) => sum + confidence, 0) / inside.length;
    distance += Math.abs(mean * inside.length - inside.filter(({ right }) => right).length);
    rows.push([
      `${formatDecimal(bin / 10, 1)} à ${formatDecimal((bin + 1) / 10, 1)}`,
      String(inside.length),
      formatDecimal(mean, 2),
      formatShare(shareOf(inside, ({ right }) => right)),
    ]);
  }
  return [
    ...layTable(['confiance', 'questions', 'moyenne', 'juste'], rows),
    `Écart moyen entre confiance et justesse : ${formatShare(answers.length === 0 ? 0 : distance / answers.length)}.`,
  ];
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
  const confused = validated.filter(({ expected, found }) => expected !== found);
  const pairs = Map.groupBy(
    confused,
    ({ expected, found }) => `${expected ?? outOfScopeName} → ${found ?? outOfScopeName}`,
  );
  return [...pairs]
    .sort(([, a], [, b]) => b.length - a.length)
    .slice(0, mostPairs)
    .flatMap(([pair, questions]) => [
      `${String(questions.length).padStart(4)}  ${pair}`,
      `        ${(questions[0]?.text ?? '').replaceAll(/\s+/g, ' ').slice(0, longestGuilty)}`,
    ]);
}
