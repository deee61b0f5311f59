import type { Content, Fiche, Step } from '../../knowledge/content.ts';
import type { TrainingSet } from '../understanding.ts';

/** What the matcher learns from the checked content: questions as they are, and each fiche's own text as evidence. */
export function trainingSetOf(content: Content): TrainingSet {
  return {
    intents: content.intents.map((intent) => {
      const fiche = content.fiches.get(intent.id);
      return {
        ...intent,
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

function textsOf(fiche: Fiche): string[] {
  return [
    fiche.title,
    fiche.question,
    fiche.summary,
    ...fiche.facts,
    ...textsOfSteps(fiche.steps),
    ...(fiche.variants?.choices ?? []).flatMap((variant) => [
      variant.title,
      ...variant.facts,
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
