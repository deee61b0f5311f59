import { expect, test } from 'vitest';
import { followSteps } from '../../src/page/browser/follow-steps.ts';

test('branches follow the steps that they name, in the variants too', () => {
  const fiche = {
    etapes: [{ branches: [{ vers: '3' }, { vers: 'fin' }] }, {}, { branches: [{ vers: '2' }] }],
    variantes: { choix: [{ etapes: [{ branches: [{ vers: '1' }, { vers: '4' }] }] }] },
  };
  // The second step goes away, and a new one comes first.
  followSteps(fiche, [null, 0, 2]);
  expect(fiche).toEqual({
    etapes: [{ branches: [{ vers: '3' }, { vers: 'fin' }] }, {}, { branches: [{ vers: 'suite' }] }],
    variantes: { choix: [{ etapes: [{ branches: [{ vers: '2' }, { vers: '4' }] }] }] },
  });
  followSteps(fiche, [0, 1, 2, null]);
  expect(fiche.variantes.choix[0]?.etapes[0]?.branches[1]).toEqual({ vers: '5' });
});
