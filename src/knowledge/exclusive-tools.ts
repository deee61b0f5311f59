/**
 * Tools of which an agent has one and not the other: their ids in intents/lexique.yaml, which are those of the values as
 * well, and the slot of intents/profil.yaml that says which. Whoever has one is not given a procedure of the other.
 */
export const exclusiveTools = { slot: 'machine', tools: ['noemi', 'span'] } as const;
