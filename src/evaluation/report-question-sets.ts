import { smallTalkIntents } from '../knowledge/small-talk.ts';
import { formatDecimal, formatShare, layTable, sharedHeadings, shareOf } from './format-figures.ts';
import { type MeasuredQuestion, scoreMeasures } from './measure-matcher.ts';
import { reliabilityLines } from './report-cross-validation.ts';

export interface MeasuredSet {
  readonly name: string;
  /** None of its lines may be shown. */
  readonly sealed: boolean;
  readonly measured: readonly MeasuredQuestion[];
}

const outOfScopeName = 'hors sujet';
const mostConfusions = 10;
const mostCandidates = 3;

const headings = [
  ...sharedHeadings,
  'hors sujet proche\nrépondu',
  'qui nomme\nun outil, répondu',
  'petites\nintentions',
];

/** What the sets kept apart say, as lines of French text: a row a set, by style, by confidence, the worst confusions. */
export function reportQuestionSets(sets: readonly MeasuredSet[]): string[] {
  const all = sets.flatMap(({ measured }) => measured);
  const { medianMs, p99Ms } = scoreMeasures(all);
  const styles = [...new Set(all.map(({ style }) => style))];
  return [
    ...layTable(
      ['jeu', ...headings],
      [
        ...sets.map(({ name, sealed, measured }) => rowOf(sealed ? `${name} (scellé)` : name, measured)),
        ...(sets.length > 1 ? [rowOf('total', all)] : []),
      ],
    ),
    '',
    'Buts, pour des personnes que l’on ne connaît pas : juste tout de suite, au moins 92 % ; juste ou proposé, au moins 98 % ; mauvaise fiche, au plus 1,5 % ; hors sujet répondu, au plus 3 % (proche, 5 %) ; hors sujet suivi de choix, au plus 8 % ; petites intentions, au moins 90 %.',
    'Petites intentions (bonjour, merci…) : part reconnue tout de suite ; elles ne comptent pas parmi les questions.',
    `Durée d’une question : médiane ${formatDecimal(medianMs, 2)} ms, 99e centile ${formatDecimal(p99Ms, 2)} ms.`,
    '',
    'Par style :',
    ...layTable(
      ['style', ...headings],
      styles.map((style) =>
        rowOf(
          style,
          all.filter((question) => question.style === style),
        ),
      ),
    ),
    '',
    'Confiance annoncée et justesse :',
    ...reliabilityLines(
      all
        .filter((question) => kindOf(question) === 'fiche')
        .map(({ understanding, isRight }) => ({ confidence: understanding.confidence, right: isRight })),
    ),
    '',
    ...confusionLines(sets),
  ];
}

/** Each question of the open sets that did not get its answer, with what was thought of instead. */
export function listFaults(sets: readonly MeasuredSet[]): string[] {
  return [
    ...sets
      .filter(({ sealed }) => sealed)
      .map(({ name }) => `\n${name} : jeu scellé, questions non montrées.`),
    ...openQuestions(sets).flatMap((question) => {
      const { decision, candidates } = question.understanding;
      const isFault =
        question.label === null ? decision === 'answer' : decision !== 'answer' || !question.isRight;
      if (!isFault) return [];
      const seen = candidates
        .slice(0, mostCandidates)
        .map(({ id, score }) => `${id} ${formatDecimal(score, 2)}`);
      return [
        '',
        `${question.label ?? outOfScopeName} | ${decisionNames[decision]} | ${question.text}`,
        `    ${seen.join(' ; ')}`,
      ];
    }),
  ];
}

const decisionNames = { answer: 'répondu', clarify: 'choix proposés', refuse: 'refusé' } as const;

function rowOf(name: string, measured: readonly MeasuredQuestion[]): string[] {
  const smallTalk = measured.filter((question) => kindOf(question) === 'small talk');
  const scores = scoreMeasures(measured.filter((question) => kindOf(question) !== 'small talk'));
  return [
    name,
    String(scores.questions),
    String(scores.outOfScope),
    ...[
      scores.accuracy,
      scores.rightAtOnce,
      scores.rightOrOffered,
      scores.wrongProcedure,
      scores.outOfScopeAnswered,
      scores.outOfScopeClarified,
      scores.nearAnswered,
      scores.namingToolAnswered,
      shareOf(smallTalk, ({ understanding, isRight }) => understanding.decision === 'answer' && isRight),
    ].map(formatShare),
  ];
}

function kindOf({ label }: MeasuredQuestion): 'fiche' | 'small talk' | 'out of scope' {
  if (label === null) return 'out of scope';
  return (smallTalkIntents as readonly string[]).includes(label) ? 'small talk' : 'fiche';
}

/** The pairs (expected, found) met most often, of the open sets, each with one of its questions. */
function confusionLines(sets: readonly MeasuredSet[]): string[] {
  if (sets.every(({ sealed }) => sealed)) return ['Jeu scellé : ses confusions ne sont pas montrées.'];
  const confused = openQuestions(sets).filter(({ label, isRight, understanding }) =>
    label === null ? understanding.decision === 'answer' : !isRight,
  );
  const pairs = Map.groupBy(
    confused,
    ({ label, understanding }) =>
      `${label ?? outOfScopeName} → ${understanding.candidates[0]?.id ?? outOfScopeName}`,
  );
  return [
    `Les ${mostConfusions} confusions les plus fréquentes (attendu → trouvé), avec une question :`,
    ...[...pairs]
      .sort(([, a], [, b]) => b.length - a.length)
      .slice(0, mostConfusions)
      .flatMap(([pair, questions]) => [
        `${String(questions.length).padStart(4)}  ${pair}`,
        `        ${questions[0]?.text ?? ''}`,
      ]),
  ];
}

function openQuestions(sets: readonly MeasuredSet[]): MeasuredQuestion[] {
  return sets.filter(({ sealed }) => !sealed).flatMap(({ measured }) => measured);
}
