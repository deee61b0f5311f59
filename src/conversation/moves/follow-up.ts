import type { Fiche } from '../../knowledge/content.ts';
import { foldedWords, foldText } from '../../text/fold-text.ts';
import { type Draft, type Exchange, knownFiche, paragraph, reply } from '../exchange.ts';
import { similarity } from '../reading/similarity.ts';
import { answerFiche } from './answer-fiche.ts';
import { readVariant } from './choose-variant.ts';

/** How a message leans on what was said before: "et le mot de passe ?", "c'est quoi l'adresse ?". */
const leaning =
  /^(?:et|ou|mais|sinon|ok et|donc|aussi|du coup|dans ce cas|c est|ca|il|elle|on|quel(?:le)?s? (?:est|sont)?|il faut|faut il|combien|je mets quoi|on met quoi)\b/;
const longestFollowUp = 14;
/** Likeness above which a message is one of the fiche's follow-up questions. */
const alike = 0.64;
/** The same, when the matcher is sure that the message is about another fiche. */
const alikeAgainstMatcher = 0.8;
/** The need alone is weaker evidence than the whole sentence. */
const needWeight = 0.9;
/** How many times likelier the message has to make a fiche than the tool's name does alone. */
const gainOverName = 4;
/** Words of a question that carry no need. */
const carriers =
  /\b(?:et|c|est|quoi|quel|quelle|quels|quelles|ce|que|qui|le|la|les|l|un|une|de|du|des|d|mon|ma|mes|votre|je|j|tu|on|mets?|dois|mettre|donc|sinon|stp|svp|lequel|laquelle)\b/g;

/** Reads a short message in the light of the last fiche. Null: it stands by itself. */
export function answerFollowUp(exchange: Exchange): Draft | null {
  const fiche = knownFiche(exchange.content, exchange.memory.fiche);
  const words = foldedWords(exchange.text);
  if (fiche === null || words.length === 0 || words.length > longestFollowUp) return null;
  const understood = exchange.understand(exchange.text);
  const leans = leaning.test(foldText(exchange.text));
  const elsewhere = understood.decision === 'answer' && understood.candidates[0]?.id !== fiche.id;

  const variant = readVariant(exchange.text, fiche);
  const sameFiche = understood.decision === 'answer' && !elsewhere;
  if (variant !== null && (leans || words.length <= 3 || sameFiche) && !(elsewhere && !leans)) {
    return answerFiche(exchange, fiche, { shown: variant });
  }
  const answer = answerKnownFollowUp(exchange, fiche, elsewhere ? alikeAgainstMatcher : alike);
  if (answer !== null) return answer;
  return leans || words.length <= 2 ? readWithProduct(exchange, fiche) : null;
}

/** The answer to one of the fiche's own follow-up questions, when the message is at least so much like it. */
export function answerKnownFollowUp(
  { text }: Exchange,
  fiche: Fiche,
  threshold = alikeAgainstMatcher,
): Draft | null {
  const answer = nearestFollowUp(text, fiche, threshold);
  if (answer === null) return null;
  return {
    replies: [reply([paragraph(answer)])],
    outcome: 'answer',
    fiche: fiche.id,
    intent: fiche.id,
    remember: { failures: 0 },
  };
}

/** Does the matcher see a question about another fiche in a message of some length? */
export function asksElsewhere({ text, understand }: Exchange, fiche: Fiche): boolean {
  if (foldedWords(text).length <= 4) return false;
  const { decision, candidates } = understand(text);
  return decision === 'answer' && candidates[0]?.id !== fiche.id;
}

/** "Et l'adresse ?" and "c'est quoi l'adresse" ask for the same: likeness of the words that carry the need, if any. */
function sameNeed(left: string, right: string): number {
  const [a, b] = [left, right].map((text) =>
    foldText(text).replace(carriers, ' ').replace(/\s+/g, ' ').trim(),
  );
  return a === undefined || b === undefined || a.length < 4 ? 0 : similarity(a, b) * needWeight;
}

function nearestFollowUp(text: string, fiche: Fiche, threshold: number): string | null {
  const bare = text.replace(/^\s*(?:et|mais|ok|du coup|sinon)[\s,]+/iu, '');
  let best = { answer: '', likeness: 0 };
  for (const followUp of fiche.followUps) {
    for (const question of followUp.questions) {
      const likeness = Math.max(similarity(text, question), sameNeed(bare, question));
      if (likeness > best.likeness) best = { answer: followUp.answer, likeness };
    }
  }
  return best.likeness >= threshold ? best.answer : null;
}

/** "Et le mot de passe ?" says no tool: asks the matcher again with the tool of the last fiche. */
function readWithProduct(exchange: Exchange, fiche: Fiche): Draft | null {
  const alone = exchange.understand(exchange.text);
  if (
    alone.decision === 'answer' ||
    alone.reading.outOfScopeProducts.length > 0 ||
    alone.reading.products.length > 0
  ) {
    return null;
  }
  const ofProduct = alone.choices.flatMap((id) => knownFiche(exchange.content, id) ?? []);
  const same = ofProduct.filter((choice) => choice.product !== null && choice.product === fiche.product);
  const [only] = same;
  if (alone.decision === 'clarify' && same.length === 1 && only !== undefined)
    return answerFiche(exchange, only);
  const product = exchange.content.lexicon.products.find(({ id }) => id === fiche.product);
  if (product === undefined) return null;
  const understood = exchange.understand(`${exchange.text} ${product.name}`);
  const other = knownFiche(exchange.content, understood.candidates[0]?.id ?? null);
  if (understood.decision !== 'answer' || other === null || other.id === fiche.id) return null;
  // The tool's name alone must not have decided.
  const byName = exchange.understand(product.name).candidates.find(({ id }) => id === other.id);
  if (odds(understood.confidence) < odds(byName?.score ?? 0) * gainOverName) return null;
  // What is foreign alone stays so, unless the matcher thought of this fiche too.
  if (alone.decision === 'refuse' && !alone.candidates.some(({ id }) => id === other.id)) return null;
  return other.product === fiche.product || fiche.related.includes(other.id)
    ? { ...answerFiche(exchange, other), confidence: understood.confidence }
    : null;
}

function odds(probability: number): number {
  return probability / (1 - probability);
}
