/**
 * Every sentence the bot says lives in knowledge/messages.yaml, section `textes`; this list says which ids
 * must be there and which `{placeholders}` each may use. The loader refuses a missing, unknown or ill-filled one.
 */
export const messageCatalogue = {} as const satisfies Readonly<Record<string, readonly string[]>>;

export type MessageId = keyof typeof messageCatalogue;
