import { asksSomething, type DialogueAct, fitsAwaited } from '../reading/acts.ts';
import { bestOf, type Evidence, logOf } from './evidence.ts';
import type { Signs } from './gather-signs.ts';
import { long, short } from './stands-alone.ts';
import { isVague, type MessageKind } from './target.ts';

/** Least probability for the act of a clause to stand for the message. */
const sureOfClause = 0.5;
const fewWords = 3;

/** Evidence on the kind of a message, whatever it is about. */
export const kindEvidence: Readonly<Record<MessageKind, Evidence<MessageKind>>> = {
  act: {
    act: () => true,
    'act: score': ({ sumOf }) => logOf(sumOf.acts),
    'act: clause score': ({ clauseActs }) => (clauseActs.size === 0 ? 0 : logOf(bestOf(clauseActs))),
    'act: one clause': ({ clauseActs }) => clauseActs.size === 0,
    'act: small talk': ({ sumOf }) => sumOf.smallTalk,
    'act: phrase': ({ phrases }) => phrases.size > 0,
    'act: phrase of a clause': ({ clausePhrases }) => clausePhrases.size > 0,
    'act: fits what is awaited': (signs) => fitting(signs).includes(true),
    'act: does not fit': (signs) => !fitting(signs).includes(true) && fitting(signs).includes(false),
    'act: a statement asks': (signs) => !wonders(signs) && signs.form.asks,
    'act: a question asks': (signs) => wonders(signs) && signs.form.asks,
    'act: tells': ({ form }) => form.tells,
    'act: asks nothing': ({ form }) => !form.asks,
    'act: asks nothing at a step': ({ form, context }) => !form.asks && context.awaited === 'step',
    'act: asks nothing after an answer': ({ form, last }) => !form.asks && last !== null,
    'act: slots and nothing else': ({ toldOnly }) => toldOnly,
    'act: slots': ({ told, form }) => told && !form.asks,
    'act: short': ({ length }) => length <= fewWords,
    'act: long': ({ length }) => length > long,
    'act: names a tool': ({ named }) => named.size > 0,
    'act: vague': (signs) => isVague(likeliestAct(signs)),
    'act: vague after an answer': (signs) => isVague(likeliestAct(signs)) && signs.last !== null,
  },
  question: {
    question: () => true,
    'question: intents score': ({ sumOf }) => logOf(sumOf.fiches),
    'question: best intent': ({ intents }) => bestOf(intents),
    'question: facts score': ({ sumOf }) => logOf(sumOf.facts),
    'question: likeness': ({ likeness }) => bestOf(likeness),
    'question: asks': ({ form }) => form.asks,
    'question: asks which': ({ form }) => form.which,
    'question: asks how': ({ form }) => form.how,
    'question: asks nothing at a step': ({ form, context }) => !form.asks && context.awaited === 'step',
    'question: leans on an answer': ({ leans, last }) => leans && last !== null,
    'question: short after an answer': ({ length, last }) => length <= short && last !== null,
    'question: names a tool': ({ named }) => named.size > 0,
  },
  none: {
    none: () => true,
    'none: intents score': ({ sumOf }) => logOf(1 - sumOf.intents),
    'none: acts score': ({ sumOf }) => logOf(1 - sumOf.acts),
    'none: names a foreign tool': ({ namesForeignTool }) => namesForeignTool,
    'none: after an answer': ({ last }) => last !== null,
    'none: leans on an answer': ({ leans, last }) => leans && last !== null,
    'none: asks': ({ form }) => form.asks,
    'none: long': ({ length }) => length > long,
    'none: short': ({ length }) => length <= fewWords,
  },
};

export const kindPriors: Readonly<Record<string, number>> = {
  'act: score': 0.7,
  'act: phrase': 1,
  'act: fits what is awaited': 1,
  'question: intents score': 0.7,
  'none: intents score': 0.7,
};

/** What the message does, if it does something. */
function likeliestAct({ acts, clauseActs }: Signs): string {
  const [clause] = [...clauseActs].sort(([, a], [, b]) => b - a);
  const [first] = acts.keys();
  return (clause !== undefined && clause[1] > sureOfClause ? clause[0] : first) ?? '';
}

function wonders(signs: Signs): boolean {
  return asksSomething.has(likeliestAct(signs) as DialogueAct);
}

/** Does what the message does answer what is awaited? One value for each act that it may be. */
function fitting(signs: Signs): (boolean | null)[] {
  const said = [...signs.phrases, ...signs.clausePhrases];
  return (said.length > 0 ? said : [likeliestAct(signs) as DialogueAct]).map((act) =>
    fitsAwaited(act, signs.context.awaited),
  );
}
