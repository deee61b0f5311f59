import { foldText } from '../../text/fold-text.ts';
import type { Mind, Understanding } from '../../understanding/understanding.ts';
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

/** As readThrice, past the politeness that opens the message: « nickel. et le VPN reste bleu » is about the VPN. */
export function readPastPoliteness(text: string, matchers: Matchers): MessageReadings {
  const readings = readThrice(text, matchers);
  const [, opening = '', rest = ''] = /^([^.,;:!?…\n]{2,40})[.,;:!?…\n]+\s*(.+)$/su.exec(text) ?? [];
  if (rest.trim().split(/\s+/).length < 2 || !/\p{L}/u.test(opening)) return readings;
  const plain = greets(opening) || [...readActs(opening)].some((act) => openings.has(act));
  const [likeliest] = plain ? [] : matchers.acts.understand(opening).candidates;
  const polite =
    plain || (likeliest !== undefined && openings.has(likeliest.id) && likeliest.score >= sureOfOpening);
  if (!polite) return readings;
  const about = {
    ...readings,
    intents: matchers.intents.understand(rest),
    facts: matchers.facts.understand(rest),
  };
  // A greeting is no act beside another.
  return greets(opening)
    ? {
        ...about,
        text: rest,
        acts: matchers.acts.understand(rest),
        clauseActs: readClauses(rest, matchers.acts),
      }
    : about;
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
