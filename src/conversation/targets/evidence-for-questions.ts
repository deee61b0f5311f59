import {
  bestOf,
  type Evidence,
  type FactTarget,
  type FicheTarget,
  isKin,
  isLinked,
  isOtherTool,
  isSameFiche,
  isSameTool,
  logOf,
  toolOf,
} from './evidence.ts';
import type { Signs } from './gather-signs.ts';
import { contradicts } from './reading-context.ts';
import { long, short } from './stands-alone.ts';

const idOf = ({ fiche, fact }: FactTarget): string => `${fiche}/${fact}`;

/** Evidence that a fact and a fiche share, with one weight for both. */
export const toolEvidence: Evidence<FactTarget | FicheTarget> = {
  'names its tool': (signs, target) => signs.named.has(toolOf(signs, target) ?? ''),
  'names another tool': (signs, target) => {
    const tool = toolOf(signs, target);
    return signs.named.size > 0 && tool !== null && !signs.named.has(tool);
  },
  'its tool is denied': (signs, target) => signs.denied.has(toolOf(signs, target) ?? ''),
  'contradicts the profile': (signs, target) => contradicts(toolOf(signs, target), signs.context.profile),
};

export const factEvidence: Evidence<FactTarget> = {
  fact: () => true,
  'fact: score': ({ facts }, target) => logOf(facts.get(idOf(target)) ?? 0),
  'fact: score of its fiche': ({ intents }, { fiche }) => logOf(intents.get(fiche) ?? 0),
  'fact: share of its fiche': shareOfFiche,
  'fact: first of its fiche': ({ firstFacts }, target) => firstFacts.has(idOf(target)),
  'fact: likeness': ({ likeness }, target) => likeness.get(idOf(target)) ?? 0,
  'fact: named as the one before': (signs, target) =>
    signs.context.fact !== null && target.fact === signs.context.fact && !isSameFiche(signs, target),
  'fact: clause act score': ({ clauseActs }) => (clauseActs.size === 0 ? 0 : logOf(bestOf(clauseActs))),
  'fact: no act': ({ sumOf }) => logOf(1 - sumOf.acts),
  'fact: same fiche': isSameFiche,
  'fact: same tool': isSameTool,
  'fact: linked fiche': isLinked,
  'fact: earlier fiche': ({ context }, { fiche }) => context.earlier.includes(fiche),
  'fact: of a choice shown': ({ context }, { fiche }) => context.choices.includes(fiche),
  'fact: no fiche before': ({ last }) => last === null,
  'fact: leaning, same fiche': (signs, target) => signs.leans && isSameFiche(signs, target),
  'fact: leaning, other tool': (signs, target) => signs.leans && isOtherTool(signs, target),
  'fact: short, same fiche': (signs, target) => signs.length <= short && isSameFiche(signs, target),
  'fact: same fiche, whole question': (signs, target) => signs.whole && isSameFiche(signs, target),
  'fact: kin, whole question': (signs, target) => signs.whole && isKin(signs, target),
  'fact: told after its fiche': (signs, target) => isSameFiche(signs, target) && !signs.form.asks,
  'fact: told at a step': ({ context, form }) => context.awaited === 'step' && !form.asks,
  'fact: asks': ({ form }) => form.asks,
  'fact: asks how': ({ form }) => form.how,
  'fact: asks which': ({ form }) => form.which,
  'fact: tells': ({ form }) => form.tells,
  'fact: short': ({ length }) => length <= short,
  'fact: slots and nothing else': ({ toldOnly }) => toldOnly,
};

export const ficheEvidence: Evidence<FicheTarget> = {
  fiche: () => true,
  'fiche: score': ({ intents }, { fiche }) => logOf(intents.get(fiche) ?? 0),
  'fiche: no act': ({ sumOf }) => logOf(1 - sumOf.acts),
  'fiche: same fiche': isSameFiche,
  'fiche: same tool': isSameTool,
  'fiche: linked': isLinked,
  'fiche: earlier': ({ context }, { fiche }) => context.earlier.includes(fiche),
  'fiche: a choice shown': ({ context }, { fiche }) => context.choices.includes(fiche),
  'fiche: no fiche before': ({ last }) => last === null,
  'fiche: same fiche, leaning': (signs, target) => signs.leans && isSameFiche(signs, target),
  'fiche: leaning, other tool': (signs, target) => signs.leans && isOtherTool(signs, target),
  'fiche: short, other tool': (signs, target) => signs.length <= short && isOtherTool(signs, target),
  'fiche: same fiche, whole question': (signs, target) => signs.whole && isSameFiche(signs, target),
  'fiche: kin, whole question': (signs, target) => signs.whole && isKin(signs, target),
  'fiche: a slot told': ({ told, form }) => told && !form.asks,
  'fiche: slots and nothing else': ({ toldOnly }) => toldOnly,
  'fiche: asks': ({ form }) => form.asks,
  'fiche: asks how': ({ form }) => form.how,
  'fiche: asks which': ({ form }) => form.which,
  'fiche: tells': ({ form }) => form.tells,
  'fiche: short': ({ length }) => length <= short,
  'fiche: long message': ({ length }) => length > long,
};

export const questionPrior: Readonly<Record<string, number>> = {
  'fact: score': 1,
  'fact: same fiche': 1,
  'fact: likeness': 1,
  'fiche: score': 1,
  'fiche: a choice shown': 1,
  'names another tool': -1,
  'contradicts the profile': -1,
  'its tool is denied': -3,
};

/** Probability of the fact among those of its fiche that the matcher of facts sees. */
function shareOfFiche({ facts }: Signs, target: FactTarget): number {
  let all = 0;
  for (const [id, score] of facts) if (id.startsWith(`${target.fiche}/`)) all += score;
  return all === 0 ? 0 : (facts.get(idOf(target)) ?? 0) / all;
}
