/**
 * What a message may do in a conversation (dialogue acts, as in ISO 24617-2): the name in intents/actes.yaml, where
 * editors give examples, and the name in the code.
 */
export const dialogueActs = {
  fait: 'done',
  suite: 'next',
  precedent: 'previous',
  repete: 'repeat',
  recommence: 'restart',
  pause: 'pause',
  reprise: 'resume',
  stop: 'stop',
  oui: 'yes',
  non: 'no',
  'ne-sait-pas': 'unsure',
  resolu: 'solved',
  'pas-resolu': 'not-solved',
  introuvable: 'not-found',
  merci: 'thanks',
  recu: 'acknowledged',
  excuse: 'apology',
  agacement: 'frustration',
  plaisanterie: 'joke',
  correction: 'correction',
  'je-me-trompe': 'self-correction',
  autre: 'other',
  humain: 'human',
  'pas-d-humain': 'no-human',
  menu: 'menu',
  guide: 'guide',
  fiche: 'whole-fiche',
  'plus-court': 'shorter',
  'plus-simple': 'simpler',
  'pas-compris': 'not-understood',
  'qui-lit': 'who-reads',
  garde: 'what-is-kept',
  efface: 'erase',
  'es-tu-humain': 'are-you-human',
  source: 'source',
  'erreur-possible': 'are-you-sure',
  sourd: 'cannot-phone',
  'pas-lu': 'no-time',
  'pour-un-autre': 'for-somebody',
  'dit-profil': 'tells-profile',
  bonjour: 'greeting',
  'au-revoir': 'goodbye',
  insulte: 'insult',
  'ton-nom': 'your-name',
} as const;

export type DialogueAct = (typeof dialogueActs)[keyof typeof dialogueActs];

/** Small-talk intents (intents/*.yaml) that are dialogue acts as well: the examples of one teach the other. */
export const actsOfSmallTalk: Readonly<Record<string, DialogueAct>> = {
  salutation: 'greeting',
  remerciement: 'thanks',
  'au-revoir': 'goodbye',
  capacites: 'menu',
  'parler-a-un-humain': 'human',
};
