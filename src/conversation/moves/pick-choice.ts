import { foldedWords } from '../../text/fold-text.ts';
import type { Exchange } from '../exchange.ts';
import { readDeniedTools } from '../reading/denied-tools.ts';
import { isPick, readPick } from '../reading/read-pick.ts';

/** Words of a message that names a tool and nothing else, at most. */
const longestNaming = 5;

interface Choice {
  /** The intent that the choice stands for. */
  readonly id: string;
  readonly label: string;
}

/**
 * The place (from 0) that the message picks among the choices shown, or null. A sentence that happens to hold a word of
 * a label ("c'est quoi COMU" before "COMU : se connecter") is the question that the matcher is sure of, not a pick.
 */
export function pickChoice(exchange: Exchange, choices: readonly Choice[]): number | null {
  const { text } = exchange;
  const picked = readPick(
    text,
    choices.map(({ label }) => label),
  );
  if (picked === null || isPick(text) || foldedWords(text).length < 3) return picked;
  // « Pas un NOEMI, un SPAN » names what is not meant.
  const tool = exchange.content.fiches.get(choices[picked]?.id ?? '')?.product ?? null;
  if (tool !== null && readDeniedTools(text, exchange.content.lexicon).has(tool)) return null;
  const { decision, candidates } = exchange.understand(text);
  const sure = decision === 'answer' ? candidates[0]?.id : undefined;
  if (sure === undefined) return picked;
  const meant = choices.findIndex(({ id }) => id === sure);
  if (meant >= 0) return meant;
  // « C'est pour le SPAN » names the tool of one choice, whatever fiche of it the matcher likes best.
  const short = foldedWords(text).length <= longestNaming;
  return short && tool !== null && exchange.content.fiches.get(sure)?.product === tool ? picked : null;
}
