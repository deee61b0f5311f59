import type { ReadingContext } from '../../../src/matrix/reading/read-event.ts';

export const botUserId = '@assistant-interieur.gouv.fr:agent.interieur.tchap.gouv.fr' as const;

/** A direct message where the bot, « Assistant télétravail [Intérieur] », has never spoken, unless said otherwise. */
export function makeContext(change: Partial<ReadingContext> = {}): ReadingContext {
  return {
    names: { userId: botUserId, displayNames: ['Assistant télétravail [Intérieur]'] },
    place: 'dm',
    alwaysCalled: false,
    findOwn: () => null,
    findQuestion: () => null,
    isKnownConversation: () => false,
    ...change,
  };
}
