import { expect, test } from 'vitest';
import { runCommand } from '../knowledge/run-command.ts';

test('a word chooses the conversations whose file or name holds it', { timeout: 60_000 }, () => {
  const one = runCommand('dialogues', ['--bref', 'd1']);
  expect(one.stdout).toContain('d1');
  expect(one.stdout).not.toContain('d2');
  expect(runCommand('dialogues', ['--bref', '--mot', 'd1']).status).toBe(2);
});
