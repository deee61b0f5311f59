import type { Effect, Outcome } from '../conversation/conversation.ts';
import { foldAccents } from '../text/fold-accents.ts';
import type { ReplyKind, ScriptedTurn } from './scripted-dialogue.ts';

/** What came back, as the agent sees it and as the bot counts it. */
export interface HeardTurn {
  /** Plain bodies of all replies, in order. */
  readonly text: string;
  /** null when a human's desk answered, or nobody. */
  readonly outcome: Outcome | null;
  readonly fiche: string | null;
  readonly intent: string | null;
  /** For a list of choices: their ids. */
  readonly offered: readonly string[];
  readonly effects: readonly Effect['type'][];
}

/** What was expected and did not come, a line each, in French; empty when the turn is right. */
export function judgeTurn(expected: ScriptedTurn, heard: HeardTurn): string[] {
  const text = plain(heard.text);
  const faults: string[] = [];
  for (const words of expected.dit) {
    if (!words.split('|').some((choice) => text.includes(plain(choice))))
      faults.push(`ne dit pas « ${words} »`);
  }
  for (const words of expected.tait) {
    if (words.split('|').some((choice) => text.includes(plain(choice)))) faults.push(`dit « ${words} »`);
  }
  const kinds = kindsOf(heard);
  if (expected.sorte.length > 0 && !expected.sorte.some((kind) => kinds.has(kind)))
    faults.push(`sorte : ${[...kinds].join(', ') || 'silence'} au lieu de ${expected.sorte.join(' ou ')}`);
  if (expected.fiche.length > 0 && !isAbout(expected, heard, kinds))
    faults.push(
      `fiche : ${heard.fiche ?? heard.intent ?? 'aucune'} au lieu de ${expected.fiche.join(' ou ')}`,
    );
  if (expected.longueur !== undefined && heard.text.length > expected.longueur)
    faults.push(`${heard.text.length} caractères, plus que ${expected.longueur}`);
  return faults;
}

/** A reply may be of several kinds: a fallback that gives the number to call hands over as well. */
export function kindsOf({ outcome, text, effects }: HeardTurn): ReadonlySet<ReplyKind> {
  const kinds = new Set<ReplyKind>();
  if (/01 40 07 20 00|72000|conseiller/.test(plain(text))) kinds.add('humain');
  switch (outcome) {
    case 'answer':
      kinds.add('reponse');
      break;
    case 'clarify':
      kinds.add('question');
      break;
    case 'smalltalk':
      kinds.add('accueil');
      kinds.add('merci');
      // A question about the assistant is answered by small talk.
      kinds.add('reponse');
      break;
    case 'handoff':
      kinds.add('humain');
      break;
    case 'fallback':
      kinds.add('incompris');
      break;
    case 'silence':
      // A reaction that is taken, without a word.
      if (effects.includes('feedback')) kinds.add('merci');
      break;
    case null:
      kinds.add('humain');
      break;
  }
  return kinds;
}

/** A question back may name no fiche yet: it is about those it offers. Small talk and a handover are about none. */
function isAbout(expected: ScriptedTurn, heard: HeardTurn, kinds: ReadonlySet<ReplyKind>): boolean {
  const wanted = (id: string | null): boolean => id !== null && expected.fiche.includes(id);
  if (wanted(heard.fiche) || wanted(heard.intent)) return true;
  if (kinds.has('question')) return heard.offered.some(wanted);
  return heard.outcome !== 'answer' && expected.sorte.some((kind) => kind !== 'reponse' && kinds.has(kind));
}

/** Case, accents, apostrophes and spaces (no-break ones included) don't count. */
function plain(text: string): string {
  return foldAccents(text.toLowerCase())
    .replace(/[’‘ʼ]/g, "'")
    .replace(/[*`«»]/g, ' ')
    .replace(/[\s\u00a0\u202f\u2011]+/g, ' ')
    .trim();
}
