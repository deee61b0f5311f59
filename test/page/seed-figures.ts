import type { Outcome } from '../../src/conversation/conversation.ts';
import type { Store } from '../../src/store/open-store.ts';

const dayMilliseconds = 86_400_000;

/** A month of use, the same each time: more on weekdays, a few fiches asked most, a few questions left unanswered. */
export function seedFigures(store: Store, now: number): void {
  const fiches = [
    'noemi-vpn',
    'comu-connexion',
    'noemi-wifi',
    'nomade2-certificat',
    'tchap-inscription',
    'noemi-carte-agent',
    'bitlocker',
  ];
  let turn = 0;
  store.transaction(() => {
    for (let back = 29; back >= 0; back -= 1) {
      const at = now - back * dayMilliseconds;
      const weekend = [0, 6].includes(new Date(at).getUTCDay());
      const day = new Date(at).toISOString().slice(0, 10);
      const count = (outcome: Outcome, fiche: string | null, times: number): void => {
        for (let time = 0; time < times; time += 1) store.feedback.countOutcome(day, outcome, fiche);
      };
      fiches.forEach((fiche, rank) => {
        const times = weekend ? 1 : Math.max(1, 9 - rank * 2 + ((back * 7 + rank) % 4));
        count('answer', fiche, times);
        for (let voice = 0; voice < times / 3; voice += 1) {
          turn += 1;
          store.feedback.recordFeedback({
            turnId: `$seed-${turn}`,
            at,
            fiche,
            solved: (turn + rank) % 5 !== 0,
          });
        }
      });
      count('clarify', null, weekend ? 1 : 4);
      count('fallback', null, weekend ? 0 : 3);
      count('smalltalk', null, weekend ? 2 : 8);
      count('handoff', null, weekend ? 0 : 1);
    }
    const unanswered = [
      ['mon casque ne marche pas dans la visio', 'jitsi-utilisation'],
      ['je n’arrive pas à activer le micro en réunion, cordialement Jeanne Martin', 'jitsi-utilisation'],
      ['comment imprimer chez moi', null],
      ['le portable chauffe et la batterie se vide en deux heures', 'noemi-presentation'],
      ['rappelez-moi au 06 12 34 56 78 pour ma clé usb refusée', 'supports-amovibles'],
    ] as const;
    unanswered.forEach(([text, nearest], index) => {
      store.feedback.recordUnanswered({
        turnId: `$unanswered-${index}`,
        at: now - index * dayMilliseconds,
        agent: '@jeanne.martin-interieur.gouv.fr:agent.interieur.tchap.gouv.fr',
        text,
        nearest,
      });
    });
  });
}
