import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { chatCommands } from '../../src/chat-commands/chat-commands.ts';
import { foldWord, readChatCommand } from '../../src/chat-commands/read-chat-command.ts';
import { loadContent } from '../../src/knowledge/load-content.ts';
import { projectRoot } from '../../src/knowledge/project-root.ts';

const { sentences } = await loadContent(projectRoot);
const guides = ['docs/guide-operateur.md', 'docs/donnees-personnelles.md']
  .map((file) => readFileSync(join(projectRoot, file), 'utf8'))
  .join('\n');

for (const { name, synonyms, help } of chatCommands) {
  test(`!${name} has a line of help that begins with it`, () => {
    expect(sentences.texts.get(help)).toMatch(new RegExp(`^\`!${name}[ \`]`));
  });

  test(`!${name} stands in a guide`, () => {
    expect(guides).toMatch(new RegExp(`\`!${name}[ \`]`));
  });

  test(`!${name} and its synonyms can be written`, () => {
    for (const word of [name, ...synonyms]) expect(readChatCommand(`!${word}`)).toEqual({ word, rest: '' });
    expect(foldWord(name)).toBe(name);
  });
}

test('no two commands share a word', () => {
  const words = chatCommands.flatMap(({ name, synonyms }) => [name, ...synonyms].map(foldWord));
  expect(words).toEqual([...new Set(words)]);
});

test('every line of help is that of one command', () => {
  const lines = [...sentences.texts.entries()].filter(([, text]) => text.startsWith('`!')).map(([id]) => id);
  expect(lines.filter((id) => id.startsWith('aide.')).sort()).toEqual(
    chatCommands.map(({ help }) => help).sort(),
  );
});

test('every file of a command has its line in the table', async () => {
  const folder = join(projectRoot, 'src/chat-commands');
  const files = readdirSync(folder).filter((file) =>
    /^export const \w+ = defineChatCommand\(/m.test(readFileSync(join(folder, file), 'utf8')),
  );
  const defined = await Promise.all(
    files.map(async (file) => Object.values((await import(join(folder, file))) as object)),
  );
  expect(new Set(defined.flat())).toEqual(new Set(chatCommands));
  expect(files).toHaveLength(chatCommands.length);
});
