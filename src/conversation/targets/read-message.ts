import type { Slot } from '../../knowledge/content.ts';
import { foldedWords, foldText } from '../../text/fold-text.ts';
import type { Mind, Understanding } from '../../understanding/understanding.ts';
import { readSlots } from '../profile/read-slots.ts';
import { cutClauses, readActs } from '../reading/read-acts.ts';

type Matchers = Omit<Mind, 'weights'>;

/** A message as the three matchers read it. */
export interface MessageReadings {
  readonly text: string;
  readonly intents: Understanding;
  readonly facts: Understanding;
  readonly acts: Understanding;
  /** Act → its best probability in a clause; empty for a message of one clause. */
  readonly clauseActs: ReadonlyMap<string, number>;
}

export function readThrice(text: string, matchers: Matchers): MessageReadings {
  return {
    text,
    intents: matchers.intents.understand(text),
    facts: matchers.facts.understand(text),
    acts: matchers.acts.understand(text),
    clauseActs: readClauses(text, matchers.acts),
  };
}

/** Acts that open a message and have nothing to do with what it then asks. */
const openings: ReadonlySet<string> = new Set([
  'acknowledged',
  'thanks',
  'solved',
  'greeting',
  'done',
  'apology',
  'yes',
]);
/** Least probability of such an act for its clause to be set aside. */
const sureOfOpening = 0.5;

/**
 * As readThrice, past the politeness that opens the message: « nickel. et le VPN reste bleu » is about the VPN; and past
 * what it says of the agent: « Quel identifiant ? Je suis à la PAF ».
 */
export function readPastPoliteness(
  text: string,
  matchers: Matchers,
  slots: readonly Slot[],
): MessageReadings {
  const asked = dropProfile(text, slots);
  const readings = readPastOpening(asked, matchers);
  return asked === text ? readings : { ...readings, text };
}

/**
 * The message without the clauses that only say of whom it is, not of which thing; whole when less than `fewest` words
 * are left.
 */
export function dropProfile(text: string, slots: readonly Slot[], fewest = 2): string {
  // A slot that gives words (the domain of a corps) speaks of the agent; the others name what he holds.
  const told = slots.filter(({ values }) => values.some(({ gives }) => gives.size > 0));
  const clauses = text.match(/[^.,;!?\n]+[.,;!?\n]*/gu) ?? [];
  if (clauses.length < 2 || clauses.length > mostClauses) return text;
  const kept = clauses.filter((clause) => {
    const { told: said, spareWords } = readSlots(clause, told);
    return Object.keys(said).length === 0 || spareWords > 0 || /\?/u.test(clause);
  });
  const rest = kept.join('').trim();
  return kept.length === clauses.length || foldedWords(rest).length < fewest ? text : rest;
}

function readPastOpening(text: string, matchers: Matchers): MessageReadings {
  const [, opening = '', rest = ''] = /^([^.,;:!?…\n]{2,40})[.,;:!?…\n]+\s*(.+)$/su.exec(text) ?? [];
  // « Bonjour, visio » asks, however briefly.
  const fewest = greets(opening) ? 1 : 2;
  if (rest.trim().split(/\s+/).length < fewest || !/\p{L}/u.test(opening)) return readThrice(text, matchers);
  const plain = greets(opening) || [...readActs(opening)].some((act) => openings.has(act));
  const [likeliest] = plain ? [] : matchers.acts.understand(opening).candidates;
  const polite =
    plain || (likeliest !== undefined && openings.has(likeliest.id) && likeliest.score >= sureOfOpening);
  if (!polite) return readThrice(text, matchers);
  // A greeting is no act beside another.
  if (greets(opening)) return readThrice(rest, matchers);
  return {
    text,
    intents: matchers.intents.understand(rest),
    facts: matchers.facts.understand(rest),
    acts: matchers.acts.understand(text),
    clauseActs: readClauses(text, matchers.acts),
  };
}

function greets(opening: string): boolean {
  return /^(?:bonjour|bonsoir|salut|slt|bjr|hello|coucou|cc|re|rebonjour|yo|hey)(?: (?:a tous|tout le monde|madame|monsieur|l equipe|encore|toi|vous))?$/.test(
    foldText(opening),
  );
}

const mostClauses = 4;

/** The likeliest acts of the clauses of a message, each read alone: « c'est fait, je l'ai activé… et ensuite ? ». */
export function readClauses(text: string, acts: Mind['acts']): ReadonlyMap<string, number> {
  const clauses = cutClauses(text);
  const likeliest = new Map<string, number>();
  if (clauses.length < 2) return likeliest;
  // What a long message does is said at its ends.
  const read = clauses.length <= mostClauses ? clauses : [...clauses.slice(0, 2), ...clauses.slice(-2)];
  for (const clause of read) {
    for (const { id, score } of acts.understand(clause).candidates)
      likeliest.set(id, Math.max(score, likeliest.get(id) ?? 0));
  }
  return likeliest;
}
