import type { Branch, Fiche, Step } from '../../knowledge/content.ts';
import { foldText } from '../../text/fold-text.ts';
import type { Exchange } from '../exchange.ts';
import { readPick } from '../reading/read-pick.ts';
import { asksElsewhere } from './follow-up.ts';

/** The branch of a step that the message picks by its number, or says. Null: neither. */
export function readBranch(exchange: Exchange, fiche: Fiche, step: Step): Branch | null {
  const { text } = exchange;
  if (step.branches.length === 0) return null;
  const picked = /^\D{0,12}\d\D{0,12}$/u.test(text)
    ? readPick(
        text,
        step.branches.map((branch) => branch.condition),
      )
    : null;
  return picked === null ? matchBranch(exchange, fiche, step) : (step.branches[picked] ?? null);
}

/** Words of a message beside those of the condition, at most. */
const mostSpareWords = 3;

/** The branch whose condition the message says: « elle est bleue ». */
export function matchBranch(
  exchange: Exchange,
  fiche: Fiche,
  step: Step,
  mostSpare = mostSpareWords,
): Branch | null {
  const said = ` ${foldText(exchange.text)} `;
  let best: { branch: Branch; length: number } | null = null;
  for (const branch of step.branches) {
    for (const wording of [...branch.wordings, branch.condition]) {
      const folded = foldText(wording);
      // The longest wording wins: "pas verte" is not "verte".
      if (folded !== '' && said.includes(` ${folded} `) && folded.length > (best?.length ?? 0)) {
        best = { branch, length: folded.length };
      }
    }
  }
  if (best === null) return null;
  // A longer message that happens to hold the word "verte" is a question, not the sight of the step.
  const spare = said.trim().split(' ').length - foldText(best.branch.condition).split(' ').length;
  return spare <= mostSpare && !asksElsewhere(exchange, fiche) ? best.branch : null;
}
