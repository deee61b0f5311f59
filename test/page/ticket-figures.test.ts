import { expect, test } from 'vitest';
import { loadContent } from '../../src/knowledge/load-content.ts';
import { projectRoot } from '../../src/knowledge/project-root.ts';
import { readFigures } from '../../src/page/read-figures.ts';
import { openStore } from '../../src/store/open-store.ts';
import type { Stage, Ticket } from '../../src/store/ticket.ts';

const minute = 60_000;
const now = Date.parse('2026-12-01T10:00:00Z');
const content = await loadContent(projectRoot);

test('the figures show who waits and how long, and nobody’s name', () => {
  const store = openStore(':memory:');
  const { tickets } = store;
  const write = (number: number, minutesAgo: number, stage: Stage, fiche: string | null) => {
    const openedAt = now - minutesAgo * minute;
    const ticket: Ticket = {
      number,
      agent: `@agent.${number}-interieur.gouv.fr:agent.interieur.tchap.gouv.fr`,
      openedAt,
      fiche,
      step: null,
      answeredAt: null,
      follows: null,
      invited: false,
      title: null,
      priority: 'normale',
      reminder: null,
      awaitsConsent: false,
      stage,
      agentPresent: true,
      activeAt: openedAt,
      awaitsReply: false,
      askedAt: null,
      told: [],
    };
    tickets.write({
      ticket,
      address: `!dm${number}:ici`,
      salon: '!support:ici',
      root: `root-ticket${number}`,
    });
  };
  write(1, 5, { status: 'waiting', since: now - 5 * minute, reminded: false }, 'noemi-vpn');
  write(2, 40, { status: 'waiting', since: now - 40 * minute, reminded: true }, null);
  write(3, 90, { status: 'held', by: '@paul:ici' }, 'bitlocker');
  const closed = (at: number, satisfaction: 'resolved' | 'unresolved'): Stage => ({
    status: 'closed',
    at,
    reason: 'operator',
    satisfaction,
  });
  write(4, 100, closed(now - 80 * minute, 'resolved'), null);
  write(5, 100, closed(now - 50 * minute, 'unresolved'), null);
  write(6, 100, closed(now - 90 * minute, 'resolved'), null);

  const since = now - 86_400_000;
  const shown = readFigures(store, content, { days: 1, now }, tickets.readFigures(since, now)).tickets;
  expect(shown?.waiting.map(({ id, subject, minutes, claimed }) => [id, subject, minutes, claimed])).toEqual([
    ['n° 2', 'sans fiche', 40, false],
    ['n° 1', 'NOEMI : le VPN ne se connecte pas', 5, false],
    ['n° 3', 'BitLocker : chiffrer une clé USB', 90, true],
  ]);
  expect(shown).toMatchObject({
    opened: 6,
    closed: 3,
    medianMinutes: 20,
    resolved: 2,
    unresolved: 1,
    asked: 3,
    reopened: 0,
  });
  // 2026-12-01T10:00Z is 11 o'clock in Paris; most were opened 90 or 100 minutes before.
  expect(shown?.perHour.map((count, hour) => [hour, count]).filter(([, count]) => count !== 0)).toEqual([
    [9, 4],
    [10, 2],
  ]);
  expect(shown?.deflectionByFiche).toContainEqual({
    name: 'BitLocker : chiffrer une clé USB',
    solved: 0,
    handedOver: 1,
  });
  expect(JSON.stringify(shown)).not.toMatch(/agent\.|paul/);
});
