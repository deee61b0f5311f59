import type { Figures } from '../page-view.ts';

const names: Readonly<Record<Figures['outcomes'][number]['outcome'], string>> = {
  answer: 'Réponse donnée',
  clarify: 'Précision demandée',
  fallback: 'Pas compris',
  smalltalk: 'Parole d’échange',
  handoff: 'Vers un humain',
  silence: 'Sans réponse à faire',
};

export function nameOutcome(outcome: keyof typeof names): string {
  return names[outcome];
}
