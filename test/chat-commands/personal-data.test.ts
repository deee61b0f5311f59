import { afterEach, expect, test } from 'vitest';
import { loadBrain } from '../../src/brain/load-brain.ts';
import { listReplies } from '../../src/local/list-replies.ts';
import { createLocalWorld, type LocalGesture } from '../../src/local/local-world.ts';
import { plainTypography } from '../text/plain-typography.ts';

const brain = await loadBrain();

type World = ReturnType<typeof createLocalWorld>;
let world: World;
afterEach(() => world.store.close());

/** What Camille reads after writing `text` to the bot, on its real store. */
async function say(text: string, kind: LocalGesture['kind'] = 'dm', from = '@camille:ici'): Promise<string> {
  const handled = await world.handle({
    from: from as '@camille:ici',
    room: `!${kind}${kind === 'dm' ? from.slice(1, -4) : ''}:ici`,
    kind,
    mentioned: true,
    act: { type: 'text', text },
  });
  if (handled === null) throw new Error('the bot did not read it');
  return plainTypography(
    listReplies(handled, () => false)
      .replies.map((reply) => reply.text)
      .join('\n'),
  );
}

const open = (): World => createLocalWorld({ brain: () => brain, clock: () => Date.UTC(2026, 10, 24, 9) });

test('!mes-donnees says in words what is known of the agent, in the direct message and in salons', async () => {
  world = open();
  await say('j’ai un noemi, mon vpn est rouge');
  await say('je suis à la police judiciaire', 'salon');
  expect(await say('!mes-donnees')).toContain(
    'Ce que je sais de votre situation : votre poste : NOEMI, votre entité : Police Judiciaire',
  );
});

test('!mes-donnees says nothing of a situation that is not known', async () => {
  world = open();
  await say('c’est quoi comu');
  await say('j’ai un span', 'dm', '@boris:ici');
  expect(await say('!mes-donnees')).not.toContain('situation');
});

test('!oublier erases it', async () => {
  world = open();
  await say('j’ai un noemi, mon vpn est rouge');
  await say('je suis à la police judiciaire', 'salon');
  await say('j’ai un span', 'dm', '@boris:ici');
  await say('!oublier');
  expect(await say('!mes-donnees')).not.toContain('situation');
  expect(await say('!mes-donnees', 'dm', '@boris:ici')).toContain('votre poste : SPAN');
});

test('a conversation stored by a version that knew no profile is read all the same', async () => {
  world = open();
  await say('j’ai un noemi, mon vpn est rouge');
  const kept = { key: '!dmcamille:ici', room: '!dmcamille:ici', agent: '@camille:ici', now: 0 } as const;
  world.store.conversations.write({ ...kept, state: { version: 1, at: 0, welcomed: true } });
  expect(await say('!mes-donnees')).not.toContain('situation');
});
