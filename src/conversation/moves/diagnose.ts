import type { Diagnostic } from '../../knowledge/content.ts';
import { type Draft, type Exchange, note, paragraph, reply } from '../exchange.ts';
import { type Shape, shapeText, similarity } from '../reading/similarity.ts';

/** Likeness to one of the ways a vague start is written (intents/vagues.yaml). */
const alike = 0.75;

const knownShapes = new WeakMap<readonly Diagnostic[], Shape[][]>();

/** The ways of starting vaguely, cut once for a content. */
function shapesOf(diagnostics: readonly Diagnostic[]): Shape[][] {
  const known = knownShapes.get(diagnostics) ?? diagnostics.map(({ triggers }) => triggers.map(shapeText));
  knownShapes.set(diagnostics, known);
  return known;
}

/** A vague start (« connexion », « mot de passe ») that editors wrote a question for. Null: it is none. */
export function diagnose(exchange: Exchange): Draft | null {
  const { content, text, say } = exchange;
  const asked = shapeText(text.replace(/(\p{L})\1{2,}/gu, '$1'));
  let best = { likeness: 0, index: -1 };
  for (const [index, triggers] of shapesOf(content.diagnostics).entries()) {
    for (const trigger of triggers) {
      const likeness = similarity(asked, trigger);
      if (likeness > best.likeness) best = { likeness, index };
    }
  }
  const diagnostic =
    best.likeness >= alike
      ? content.diagnostics[best.index]
      : content.diagnostics.find(({ id }) => id === exchange.vague);
  if (diagnostic === undefined) return null;
  const choices = diagnostic.choices.filter(({ fiche }) => content.fiches.has(fiche));
  const labels = [...choices.map(({ label }) => label), say('autre-chose')];
  return {
    replies: [
      reply([
        paragraph(`**${diagnostic.question}**`),
        { type: 'choices', items: labels },
        note(say('choisir')),
      ]),
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
