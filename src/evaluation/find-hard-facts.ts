import { rankTargets } from '../conversation/targets/rank-targets.ts';
import { readPastPoliteness } from '../conversation/targets/read-message.ts';
import { emptyContext } from '../conversation/targets/reading-context.ts';
import type { Content, Fact, Fiche } from '../knowledge/content.ts';
import { foldText } from '../text/fold-text.ts';
import type { Mind } from '../understanding/understanding.ts';

/** Part of its own ways of being asked that must lead to a fact. */
const leastReached = 0.5;

/** A fact to which fewer than half of its own ways of being asked lead. */
export interface HardFact {
  readonly fiche: string;
  readonly fact: string;
  readonly reached: number;
  readonly asked: number;
}

/** The facts that agents hardly reach, in the order of the content. */
export function findHardFacts(
  brain: { readonly content: Content; readonly mind: Mind },
  fiches: Iterable<Fiche> = brain.content.fiches.values(),
): HardFact[] {
  return [...fiches].flatMap((fiche) =>
    fiche.facts.flatMap((fact) => {
      const asked = fact.questions.length;
      const reached = fact.questions.filter((text) => leadsTo(text, fiche, fact, brain)).length;
      return reached < leastReached * asked ? [{ fiche: fiche.id, fact: fact.id, reached, asked }] : [];
    }),
  );
}

/** Whether the fact is what the message most likely asks, of all that it may ask. */
function leadsTo(
  text: string,
  fiche: Fiche,
  fact: Fact,
  { content, mind }: { readonly content: Content; readonly mind: Mind },
): boolean {
  const readings = readPastPoliteness(text, mind, content.profile);
  const isForStart = standsAlone(text, readings.intents.reading.products, fiche);
  const context = isForStart ? emptyContext : { ...emptyContext, fiche: fiche.id };
  const likeliest = rankTargets(readings, context, content, mind.weights)[0]?.target;
  return likeliest?.kind === 'fact' && likeliest.fiche === fiche.id && likeliest.fact === fact.id;
}

/** « C'est quoi l'adresse », « et COMU ? », and « c'est pareil que COMU ? » of a fiche about Jitsi, are for after the fiche. */
function standsAlone(text: string, named: readonly string[], { product }: Fiche): boolean {
  if (foldText(text).startsWith('et ')) return false;
  return product === null ? named.length > 0 : named.includes(product);
}
