import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../src/knowledge/project-root.ts';

export interface ContentCopy {
  readonly root: string;
  /** Replaces the first `from` of a file; fails when there is none, or the test would prove nothing. */
  edit(file: string, from: string | RegExp, to: string): void;
  write(file: string, text: string): void;
  read(file: string): string;
  remove(file: string): void;
}

/** The shipped intents/ and knowledge/, in a folder of their own that a test may spoil. */
export function copyContent(): ContentCopy & Disposable {
  const root = mkdtempSync(join(tmpdir(), 'fiches-'));
  for (const folder of ['intents', 'knowledge']) {
    cpSync(join(projectRoot, folder), join(root, folder), { recursive: true });
  }
  const read = (file: string): string => readFileSync(join(root, file), 'utf8');
  const write = (file: string, text: string): void => writeFileSync(join(root, file), text);
  return {
    root,
    read,
    write,
    edit(file, from, to) {
      const before = read(file);
      const after = before.replace(from, () => to);
      if (after === before) throw new Error(`${file} does not contain ${from}`);
      write(file, after);
    },
    remove: (file) => rmSync(join(root, file)),
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  };
}
