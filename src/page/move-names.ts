import type { Move } from '../conversation/name-move.ts';

/** The moves of the conversation, as editors read them. */
export const moveNames: Readonly<Record<Move, string>> = {
  'warn-of-secret': 'Avertir que le message contient un secret',
  'open-ticket': 'Transmettre la demande à un conseiller',
  'ask-consent': 'Proposer un conseiller',
  'give-numbers': 'Donner les numéros à appeler',
  'ask-variant': 'Demander le cas de l’agent',
  'show-step': 'Montrer une étape du pas à pas',
  'offer-to-resume': 'Répondre, puis proposer de reprendre le pas à pas',
  diagnose: 'Poser une question de diagnostic',
  'ask-which': 'Demander quelle fiche convient',
  'show-menu': 'Montrer le menu',
  'ask-to-rephrase': 'Demander de reformuler',
  'last-resorts': 'Montrer les derniers recours',
  'answer-fact': 'Répondre par un fait',
  'answer-with-others': 'Répondre, et citer les autres fiches possibles',
  'retell-fiche': 'Redire la fiche autrement',
  'answer-fiche': 'Donner la fiche',
  'fall-back': 'Dire que la question n’est pas comprise',
  'take-note': 'Noter l’avis de l’agent',
  'small-talk': 'Répondre à une parole d’échange',
  silence: 'Ne rien répondre',
};
