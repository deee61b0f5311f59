/**
 * Every sentence the bot says lives in knowledge/messages.yaml, section `textes`; this list says which ids
 * must be there and which `{placeholders}` each may use. The loader refuses a missing, unknown or ill-filled one.
 */
export const messageCatalogue = {
  // Said by bot.ts and the Matrix edge, outside the conversation.
  'excuse-retard': [],
  'erreur-interne': [],
  'refus-acces': [],
  'refus-externe': [],
  'trop-de-messages': ['minutes'],
  'message-illisible': [],
  'mes-donnees-titre': [],
  'mes-donnees-evenements': ['nombre', 'depuis'],
  'mes-donnees-textes': ['nombre'],
  'mes-donnees-conversations': ['nombre'],
  'mes-donnees-questions': ['nombre'],
  'mes-donnees-demandes': ['nombre'],
  'mes-donnees-effacer': [],
  'oubli-fait': [],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type MessageId = keyof typeof messageCatalogue;
