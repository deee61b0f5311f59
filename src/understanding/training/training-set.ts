import type { Content, Fiche, Intent, LabelledConversation, Step } from '../../knowledge/content.ts';
import { actsOfSmallTalk } from '../../knowledge/dialogue-acts.ts';
import type { TrainingSet } from '../understanding.ts';

/** Questions of a fiche that teach another matcher what is not its business: enough to know their kind. */
const foreignSample = 30;
const outOfScopeSample = 400;

/** What the matcher of intents learns from: questions as they are, and each fiche's own text as evidence. */
export function trainingSetOf(content: Content): TrainingSet {
  return {
    intents: content.intents.map((intent) => {
      const fiche = content.fiches.get(intent.id);
      return {
        ...withExamplesOfAct(intent, content),
        product: fiche?.product ?? null,
        evidence: fiche === undefined ? [] : textsOf(fiche),
      };
    }),
    outOfScope: content.outOfScope.flatMap((theme) => theme.questions),
    outOfScopeWriters: content.outOfScope.flatMap(({ questions, writer }) =>
      questions.map(() => writer ?? null),
    ),
    lexicon: content.lexicon,
  };
}

/** « Salut toi » is taught once, as small talk or as a dialogue act. */
function withExamplesOfAct(intent: Intent, { acts }: Content): Intent {
  const known = new Set(intent.questions);
  const more = (acts.find(({ id }) => id === actsOfSmallTalk[intent.id])?.questions ?? []).filter(
    (question) => !known.has(question),
  );
  return {
    ...intent,
    questions: [...intent.questions, ...more],
    writers: [...(intent.writers ?? intent.questions.map(() => null)), ...more.map(() => null)],
  };
}

/** What the matcher of facts learns from: its ways of asking; whole-fiche questions and foreign ones are none. */
export function factTrainingSetOf(content: Content): TrainingSet {
  return {
    intents: [...content.fiches.values()].flatMap((fiche) =>
      fiche.facts.map((fact) => ({
        id: factId(fiche.id, fact.id),
        questions: withTurns(
          fact.questions,
          content,
          ({ target }) => target.kind === 'fact' && target.fiche === fiche.id && target.fact === fact.id,
        ),
        product: fiche.product,
        evidence: [fact.answer],
      })),
    ),
    outOfScope: [
      ...content.intents.flatMap(({ questions }) => sample(questions, foreignSample)),
      ...sample(
        content.outOfScope.flatMap((theme) => theme.questions),
        outOfScopeSample,
      ),
    ],
    lexicon: content.lexicon,
  };
}

/** What the matcher of dialogue acts learns from; any question is none. */
export function actTrainingSetOf(content: Content): TrainingSet {
  return {
    intents: [
      ...content.acts.map((act) => ({
        id: act.id,
        questions: withTurns(
          act.questions,
          content,
          ({ target }) => target.kind === 'act' && target.act === act.id,
        ),
      })),
      ...content.diagnostics.map(({ id, triggers }) => ({ id: vagueId(id), questions: triggers })),
    ].map((act) => ({ ...act, product: null, evidence: [] })),
    outOfScope: [
      ...[...content.fiches.values()].flatMap(({ facts }) =>
        facts.flatMap(({ questions }) => sample(questions, 3)),
      ),
      ...content.intents.flatMap(({ id, questions }) =>
        content.fiches.has(id) ? sample(questions, foreignSample) : [],
      ),
      ...sample(
        content.outOfScope.flatMap((theme) => theme.questions),
        outOfScopeSample,
      ),
    ],
    lexicon: content.lexicon,
  };
}

/** The questions, and the turns of the labelled conversations that are as good as they. */
function withTurns(
  questions: readonly string[],
  { conversations }: Content,
  is: (turn: LabelledConversation[number]) => boolean,
): readonly string[] {
  return [
    ...new Set([...questions, ...conversations.flatMap((turns) => turns.filter(is).map(({ text }) => text))]),
  ];
}

/** A vague start is an act of its own: it is answered by a diagnostic question. */
export const vagueId = (diagnostic: string): string => `vague:${diagnostic}`;
export const factId = (fiche: string, fact: string): string => `${fiche}/${fact}`;

/** Some of the texts, evenly spread. */
function sample(texts: readonly string[], count: number): string[] {
  const step = Math.max(1, texts.length / count);
  return Array.from(
    { length: Math.min(count, texts.length) },
    (_, index) => texts[Math.floor(index * step)] ?? '',
  );
}

function textsOf(fiche: Fiche): string[] {
  return [
    fiche.title,
    fiche.question,
    fiche.summary,
    ...fiche.information,
    ...textsOfSteps(fiche.steps),
    ...(fiche.variants?.choices ?? []).flatMap((variant) => [
      variant.title,
      ...variant.information,
      ...textsOfSteps(variant.steps),
    ]),
    ...fiche.afterwards,
    ...fiche.ifItPersists,
  ];
}

function textsOfSteps(steps: readonly Step[]): string[] {
  return steps.flatMap((step) => [
    step.text,
    ...step.points,
    ...step.branches.map((branch) => `${branch.condition} : ${branch.advice}`),
  ]);
}
