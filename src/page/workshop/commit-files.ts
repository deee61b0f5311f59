import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A commit of these files alone, under the editor's name; null, or why there is none, in French. */
export async function commitFiles(
  root: string,
  files: readonly string[],
  who: string,
  fiche: string,
): Promise<string | null> {
  const name = who.replace(/[<>\n]/g, ' ');
  const git = (...words: string[]) => run('git', ['-C', root, ...words], { timeout: 10_000 });
  try {
    await git('add', '--', ...files);
    await git(
      ...[
        '-c',
        'user.name=Atelier',
        '-c',
        'user.email=atelier@localhost',
        'commit',
        '--quiet',
        '--no-verify',
      ],
      ...[
        '--author',
        `${name} <atelier@localhost>`,
        '--message',
        `fiche ${fiche} : modifiée depuis l’atelier`,
      ],
      ...['--only', '--', ...files],
    );
    return null;
  } catch (error) {
    const { code } = error as { code?: unknown };
    return code === 'ENOENT'
      ? 'git n’est pas installé sur cette machine : la fiche est enregistrée, sans commit.'
      : 'git a refusé le commit : la fiche est enregistrée, sans commit.';
  }
}
