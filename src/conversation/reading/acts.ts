import { actsOfSmallTalk, type DialogueAct } from '../../knowledge/dialogue-acts.ts';
import type { Awaited } from './../targets/reading-context.ts';

export type { DialogueAct };

export function actOfSmallTalk(intent: string): DialogueAct | null {
  return actsOfSmallTalk[intent] ?? null;
}

export function smallTalkOf(act: DialogueAct): string | null {
  return Object.keys(actsOfSmallTalk).find((intent) => actsOfSmallTalk[intent] === act) ?? null;
}

/** Acts that answer what the assistant waits for. */
const answers: Readonly<Record<Awaited, readonly DialogueAct[]>> = {
  nothing: [],
  solved: [
    'yes',
    'no',
    'solved',
    'not-solved',
    'acknowledged',
    'thanks',
    'guide',
    'not-found',
    'done',
    'next',
  ],
  step: [
    'done',
    'next',
    'previous',
    'repeat',
    'restart',
    'stop',
    'not-found',
    'not-solved',
    'yes',
    'no',
    'unsure',
    'resume',
    'pause',
  ],
  choice: ['other', 'unsure', 'no', 'correction'],
  variant: ['unsure', 'no', 'other', 'tells-profile'],
  consent: ['yes', 'no', 'human', 'no-human', 'stop'],
};

/** Acts that mean little unless something was asked. */
const needAQuestion: ReadonlySet<DialogueAct> = new Set(['yes', 'no', 'unsure', 'other', 'previous', 'next']);

/** Does the act answer what is awaited? null: it neither does nor misses. */
export function fitsAwaited(act: DialogueAct, awaited: Awaited): boolean | null {
  if (answers[awaited].includes(act)) return true;
  return needAQuestion.has(act) ? false : null;
}

/** Acts that are questions, about the assistant or about what was said. */
export const asksSomething: ReadonlySet<DialogueAct> = new Set([
  'who-reads',
  'what-is-kept',
  'erase',
  'are-you-human',
  'are-you-sure',
  'source',
  'cannot-phone',
  'your-name',
  'menu',
  'human',
  'repeat',
  'guide',
  'shorter',
  'simpler',
  'whole-fiche',
  'not-found',
  'for-somebody',
  'next',
  'resume',
]);

/** Acts by which an agent says something of himself. */
export const tellsSlots: ReadonlySet<DialogueAct> = new Set(['tells-profile', 'self-correction']);
