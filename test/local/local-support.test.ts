import { expect, test } from 'vitest';
import { listReplies } from '../../src/local/list-replies.ts';
import { createLocalWorld, type LocalGesture } from '../../src/local/local-world.ts';
import type { RoomId, UserId } from '../../src/messages/ids.ts';
import { defaultSupportSettings } from '../../src/tickets/load-support-settings.ts';
import { shipped } from '../dialogues/play.ts';
import { plainTypography } from '../text/plain-typography.ts';

const start = Date.parse('2026-11-23T10:00:00+01:00');

function openWorld() {
  const clock = { now: start };
  const world = createLocalWorld({
    brain: () => shipped,
    clock: () => clock.now,
    support: { ...defaultSupportSettings, room: '!support' },
  });
  const play = async (from: UserId, room: RoomId, act: LocalGesture['act'] | string) => {
    const handled = await world.handle({
      from,
      room,
      kind: room === '!support' ? 'salon' : 'dm',
      mentioned: false,
      act: typeof act === 'string' ? { type: 'text', text: act } : act,
    });
    if (!handled) return { room: '', support: '', deleted: 0 };
    const { replies, deleted } = listReplies(handled, ({ address }) => address === '!support');
    const textOf = (to: 'room' | 'support') =>
      replies
        .filter((reply) => reply.to === to)
        .map(({ text }) => plainTypography(text))
        .join('\n');
    return { room: textOf('room'), support: textOf('support'), deleted };
  };
  return {
    clock,
    agent: (act: LocalGesture['act'] | string) => play('@ana', '!dm-ana', act),
    operator: (act: LocalGesture['act'] | string, who: UserId = '@bob') => play(who, '!support', act),
  };
}

test('without Matrix too, an agent is handed over, helped, asked whether it is solved, and given back', async () => {
  const { agent, operator } = openWorld();
  await agent('mon vpn marche pas sur mon noemi');
  await agent("je veux parler à quelqu'un");
  const opened = await agent('oui');
  expect(opened.room).toContain('n° 1');
  expect(opened.support).toContain('mon vpn marche pas sur mon noemi');
  expect((await operator('!prendre 1')).room).toContain('Un conseiller a pris');
  expect((await operator('!prendre 1', '@zoe')).support).toContain('déjà prise par bob');
  expect((await operator('quelle icône ?')).room).toBe('Conseiller : quelle icône ?');
  expect((await operator({ type: 'edit', text: 'quelle couleur ?' })).room).toBe(
    'Conseiller : quelle couleur ?',
  );
  expect(await agent('elle est bleue')).toMatchObject({
    room: '',
    // What the assistant would have answered is for the operator alone.
    support: expect.stringMatching(/^Agent : elle est bleue\nProposition[\s\S]*Étape 2\/4[\s\S]*ResetVPN/),
  });
  // The copy, and the proposal that answered it.
  expect((await agent({ type: 'deletion' })).deleted).toBe(2);
  expect((await operator({ type: 'reaction', key: '✅' })).room).toContain('Le problème est-il résolu ?');
  expect((await agent({ type: 'reaction', key: '👍' })).support).toContain('résolu');
  expect((await agent('mon wifi ne marche pas sur mon noemi')).room).toContain('Wi-Fi');
});

test('a time that jumps brings the reminders along', async () => {
  const { agent, operator, clock } = openWorld();
  await agent("je veux parler à quelqu'un");
  await agent('oui');
  clock.now += 20 * 60_000;
  const told = await operator('!demandes');
  expect(told.support).toMatch(/personne ne l'a prise[\s\S]*1 demande ouverte :/);
  expect(told.room).toContain('01 40 07 20 00');
});
