import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { renderReply } from '../../../src/conversation/rendering/render-reply.ts';
import { respond } from '../../../src/conversation/respond.ts';
import { createSoloMind } from '../../../src/conversation/targets/create-solo-mind.ts';
import type { Fiche, Step } from '../../../src/knowledge/content.ts';
import { loadContent } from '../../../src/knowledge/load-content.ts';
import { sureOf } from '../../knowledge/reply-of-fiche.ts';

const content = await loadContent(fileURLToPath(new URL('../../../', import.meta.url)));
const dayBeforeReview = Date.parse('2026-11-30');

/** What an agent who is known, and has said which variant is meant, reads in a direct message. */
function read(fiche: Fiche, variant: string | null, now = dayBeforeReview): string {
  const state = {
    version: 1 as const,
    at: now,
    welcomed: true,
    insulted: false,
    fiche: null,
    variants: variant === null ? [] : [{ fiche: fiche.id, variant }],
    question: null,
    failures: 0,
    suspended: null,
    pending: { kind: 'none' },
    turns: [],
    before: null,
    transcript: [],
  };
  const turn = respond(
    state,
    { type: 'text', text: fiche.question },
    { turnId: 't', place: 'dm', now, interactive: true, handoff: 'available' },
    content,
    createSoloMind({ understand: () => sureOf(fiche.id) }),
  );
  expect(turn).toMatchObject({ outcome: 'answer', fiche: fiche.id });
  return turn.replies.map((reply) => renderReply(reply).body).join('\n\n');
}

const cases = [...content.fiches.values()].flatMap((fiche) =>
  (fiche.variants?.choices ?? [null]).map((variant) => ({
    name: `${fiche.id} ${variant?.id ?? ''}`,
    fiche,
    variant,
  })),
);
const plain = (text: string): string => renderReply({ blocks: [{ type: 'paragraph', text }] }).body;
const textsOf = (step: Step): string[] => [
  step.text,
  ...step.points,
  ...step.branches.flatMap(({ condition, advice }) => [condition, advice]),
];

describe.each(cases)('the reply of $name', ({ fiche, variant }) => {
  const body = read(fiche, variant?.id ?? null);

  test('holds at most 80 characters that are not the fiche’s', () => {
    const own = [
      fiche.title,
      fiche.summary,
      fiche.source,
      ...fiche.information,
      ...fiche.steps.flatMap(textsOf),
      variant?.title ?? '',
      ...(variant?.information ?? []),
      ...(variant?.steps.flatMap(textsOf) ?? []),
      ...fiche.afterwards,
      ...fiche.ifItPersists,
      ...fiche.dated.flatMap(({ text, date }) => [text, date]),
      ...fiche.contacts.map((id) => content.sentences.contacts.get(id) ?? ''),
    ];
    const lowered = own.map((text) => text.charAt(0).toLowerCase() + text.slice(1));
    let rest = body;
    for (const text of [...own, ...lowered]
      .filter((text) => text !== '')
      .map(plain)
      .sort((a, b) => b.length - a.length))
      rest = rest.replaceAll(text, '\n');
    rest = rest
      .split('\n')
      .map((line) => line.replace(/^\s*(?:-|\d+\.)?\s*/, '').trim())
      .filter((line) => /[^:.,\s]/.test(line))
      .join(' ');
    expect([...rest].length, rest).toBeLessThanOrEqual(80);
  });

  test('gives the first gesture, or the answer, within its first 200 characters', () => {
    const first = plain([...fiche.steps, ...(variant?.steps ?? [])][0]?.text ?? fiche.summary);
    expect(body).toContain(first);
    expect(body.indexOf(first) + first.length, body.slice(0, 250)).toBeLessThanOrEqual(200);
  });

  test('ends with one line, which gives the numbers to call', () => {
    const lines = body.split('\n').filter((line) => line !== '');
    const isClosing = (line: string): boolean => /^(?:Résolu|Aide|Sinon|Source)\b/.test(line);
    expect(lines.filter(isClosing).length).toBeLessThanOrEqual(1);
    if (lines.some(isClosing)) expect(lines.at(-1)).toMatch(/^(?:Résolu|Aide|Sinon|Source)\b/);
    for (const contact of fiche.contacts) {
      const number = /\*\*([\d ]+)\*\*/.exec(content.sentences.contacts.get(contact) ?? '')?.[1];
      if (number !== undefined) expect(body).toContain(plain(number));
    }
  });
});

test('says when a fiche was checked only once its review is due, or is soon', () => {
  const fiche = content.fiches.get('noemi-vpn');
  if (fiche === undefined) throw new Error('noemi-vpn is gone');
  const due = Date.parse(fiche.reviewBefore);
  expect(read(fiche, null)).not.toContain('Vérifié le');
  expect(read(fiche, null, due - 31 * 86_400_000)).not.toContain('Vérifié le');
  expect(read(fiche, null, due - 29 * 86_400_000)).toMatch(/Vérifié le 23\u00a0novembre 2026\.$/);
  expect(read(fiche, null, due + 86_400_000)).toContain('Vérifié le');
});

/** First words that keep their capital: names. Acronyms (two capitals) and figures need not be named. */
const names = /^(?:Jitsi|Nomade|Tchap|Windows|Wi-Fi|BitLocker|Outlook|Osmose|Résana|Hesperis)\b/u;

test.each(cases)(
  '$name goes on in lower case after a colon of ours, but for a name',
  ({ fiche, variant }) => {
    const labels = ['a-savoir', 'si-le-probleme-persiste'] as const;
    const bodies = [
      read(fiche, variant?.id ?? null),
      // What stands on one line today may be another text tomorrow.
      ...[fiche.summary, ...fiche.afterwards, ...fiche.ifItPersists].map((text) =>
        read({ ...fiche, afterwards: [text] }, variant?.id ?? null),
      ),
    ].join('\n');
    const capitals = labels
      // Typography puts a no-break space before the colon.
      .flatMap((id) => bodies.split(new RegExp(`${content.sentences.texts.get(id)}\\s: `)).slice(1))
      .map((after) => after.split('\n')[0] ?? '')
      .filter((after) => /^\p{Lu}\P{Lu}/u.test(after) && !names.test(after));
    expect(capitals).toEqual([]);
  },
);
