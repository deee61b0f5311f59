import type { TicketFigures } from '../../src/store/ticket-figures.ts';

/** How a desk fared, as the store would count it. */
export function deskFigures(waiting: TicketFigures['waiting']): TicketFigures {
  const day = Date.parse('2026-11-23T00:00:00+01:00');
  const hours = [8, 9, 9, 9, 10, 10, 11, 14, 14, 15, 16];
  return {
    waiting,
    opened: hours.length,
    closed: 14,
    medianFirstAnswer: 6,
    medianMinutes: 34,
    reopened: 1,
    asked: 13,
    resolved: 9,
    unresolved: 2,
    openings: hours.map((hour) => day + hour * 3_600_000),
    proposals: { sent: 5, discarded: 2 },
    deflection: {
      byFiche: [
        { key: 'noemi-vpn', solved: 12, handedOver: 5 },
        { key: 'bitlocker', solved: 4, handedOver: 1 },
        { key: null, solved: 0, handedOver: 5 },
      ],
      byDay: [
        { key: '2026-11-23', solved: 9, handedOver: 8 },
        { key: '2026-11-24', solved: 7, handedOver: 3 },
      ],
    },
  };
}
