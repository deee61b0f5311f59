import { foldText } from '../../text/fold-text.ts';
import { type Draft, type Exchange, isSalon, note, paragraph, reply } from '../exchange.ts';
import { similarity } from '../reading/similarity.ts';
import { keycaps } from './choose-variant.ts';

/** Likeness to one of the ways a vague start is written (intents/vagues.yaml). */
const alike = 0.75;

/** A vague start (« connexion », « mot de passe ») that editors wrote a question for. Null: it is none. */
export function diagnose(exchange: Exchange): Draft | null {
  const { content, text, say, situation } = exchange;
  const folded = foldText(text);
  let best = { likeness: 0, index: -1 };
  for (const [index, { triggers }] of content.diagnostics.entries()) {
    for (const trigger of triggers) {
      const likeness = foldText(trigger) === folded ? 1 : similarity(text, trigger);
      if (likeness > best.likeness) best = { likeness, index };
    }
  }
  const diagnostic = content.diagnostics[best.index];
  if (diagnostic === undefined || best.likeness < alike) return null;
  const choices = diagnostic.choices.filter(({ fiche }) => content.fiches.has(fiche));
  const labels = [...choices.map(({ label }) => label), say('autre-chose')];
  return {
    replies: [
      reply(
        [paragraph(`**${diagnostic.question}**`), { type: 'choices', items: labels }, note(say('choisir'))],
        isSalon(exchange) || !situation.interactive ? [] : keycaps(labels.length),
      ),
    ],
    outcome: 'clarify',
    fiche: null,
    intent: null,
    candidates: choices.map(({ fiche }) => ({ id: fiche, score: 0 })),
    remember: {
      failures: exchange.memory.failures,
      pending: {
        kind: 'clarify',
        choices: choices.map(({ fiche }) => fiche),
        labels: choices.map(({ label }) => label),
      },
    },
  };
}
