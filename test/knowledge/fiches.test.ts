import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Reply } from '../../src/conversation/conversation.ts';
import { renderReply } from '../../src/conversation/rendering/render-reply.ts';
import { loadContent } from '../../src/knowledge/load-content.ts';
import { foldText } from '../../src/text/fold-text.ts';
import { ficheFacts } from './fiche-facts.ts';
import { replyOfFiche } from './reply-of-fiche.ts';

const content = await loadContent(fileURLToPath(new URL('../../', import.meta.url)));

test('every fiche of the contract is there, and no other', () => {
  expect([...content.fiches.keys()].sort()).toEqual(Object.keys(ficheFacts).sort());
});

describe.each(Object.entries(ficheFacts))('the reply of %s', (id, facts) => {
  const reply = replyOfFiche(id, content);
  test.each(Object.entries(facts))('gives: %s', (_name, pattern) => {
    expect(reply).toMatch(pattern);
  });
});

test.each([...content.fiches.keys()])(
  'typography takes no letter and no digit from the reply of %s',
  (id) => {
    const bare = (text: string): string => foldText(text).replaceAll(' ', '');
    expect(bare(replyOfFiche(id, content, renderReply))).toBe(bare(replyOfFiche(id, content, unset)));
  },
);

/** The plain body of a reply before French typography. */
function unset({ blocks }: Pick<Reply, 'blocks'>): { readonly body: string } {
  const texts = blocks.flatMap((block) =>
    'text' in block
      ? [block.text]
      : block.items.flatMap((item, index) => {
          const number =
            block.type === 'bullets' ? '' : `${index + ('start' in block ? (block.start ?? 1) : 1)}.`;
          return typeof item === 'string' ? [number, item] : [number, item.text, ...(item.points ?? [])];
        }),
  );
  return { body: texts.join('\n') };
}
