/** Intents that no fiche answers: the conversation does. */
export const smallTalkIntents = [
  'salutation',
  'remerciement',
  'au-revoir',
  'capacites',
  'parler-a-un-humain',
] as const;
