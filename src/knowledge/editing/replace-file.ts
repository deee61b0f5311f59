import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Replaces the file in one step: a bot that watches the folder never reads half of it. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const aside = `${path}.nouveau`;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(aside, text);
  await rename(aside, path);
}
