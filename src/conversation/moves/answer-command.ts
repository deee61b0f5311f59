import { type Draft, type Exchange, knownFiche } from '../exchange.ts';
import type { DialogueAct } from '../reading/read-acts.ts';
import { isPick } from '../reading/read-pick.ts';
import { isProcedure } from '../rendering/lay-out-fiche.ts';
import { answerFiche } from './answer-fiche.ts';
import { sayWhatIsExpected } from './fall-back.ts';
import { offerHuman } from './handoff-consent.ts';
import { showThemes } from './menu.ts';
import { answerNotSolved } from './not-solved.ts';
import { startGuide } from './step-by-step.ts';

/** Commands that mean nothing unless something was asked. */
const answersOnly: readonly DialogueAct[] = [
  'acknowledged',
  'yes',
  'no',
  'solved',
  'not-solved',
  'next',
  'previous',
  'repeat',
  'resume',
  'restart',
  'stop',
  'guide',
  'other',
  'unsure',
];

/** Words that steer, said when nothing waits for them: they are about the last fiche, if there is one. */
export function answerCommand(exchange: Exchange): Draft | null {
  const { acts, memory, content, situation, text } = exchange;
  const fiche = knownFiche(content, memory.fiche);
  if (acts.has('menu')) return showThemes(exchange);
  if (acts.has('human')) {
    const step = memory.pending.kind === 'step-by-step' ? memory.pending.step : null;
    return offerHuman(exchange, { step, lead: null });
  }
  if (!situation.interactive) return null;
  if (fiche !== null) {
    if (acts.has('guide') && isProcedure(fiche)) return startGuide(exchange, fiche, null);
    if (acts.has('not-solved')) return answerNotSolved(exchange, fiche, { step: null, refused: true });
    if (acts.has('repeat')) return answerFiche(exchange, fiche);
  }
  const idle = answersOnly.some((command) => acts.has(command)) || isPick(text);
  // "Ça ne marche pas" on its own may be the start of a story: the matcher reads it, and asks.
  if (!idle || acts.has('not-solved')) return null;
  // "Parfait merci", "quitter": the matcher knows these as thanks and goodbyes.
  const { decision, candidates } = exchange.understand(text);
  const polite = decision === 'answer' && knownFiche(content, candidates[0]?.id ?? null) === null;
  return polite ? null : sayWhatIsExpected(exchange);
}
