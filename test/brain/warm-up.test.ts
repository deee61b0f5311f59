import { expect, test } from 'vitest';
import { warmUp } from '../../src/brain/warm-up.ts';
import { createSoloMind } from '../../src/conversation/targets/create-solo-mind.ts';
import { loadContent } from '../../src/knowledge/load-content.ts';
import { projectRoot } from '../../src/knowledge/project-root.ts';
import { matcher } from '../understanding/shipped-matcher.ts';

const content = await loadContent(projectRoot);

test('understands a few dozen questions, each with a word to look up among the known ones', () => {
  const asked: string[] = [];
  warmUp({
    content,
    mind: createSoloMind({
      understand: (text) => {
        asked.push(text);
        return matcher.understand(text);
      },
    }),
  });
  expect(asked.length).toBeGreaterThan(30);
  expect(asked.length).toBeLessThan(150);
  const [, word = ''] = /(\S+)$/.exec(asked[0] ?? '') ?? [];
  const { words, corrections } = matcher.understand(word).reading;
  expect({ words, corrections }).toEqual({ words: [word], corrections: [] });
});

test('without a question there is nothing to do', () => {
  warmUp({ content: { ...content, intents: [] }, mind: createSoloMind(matcher) });
});
