import { accessSync, constants, mkdirSync } from 'node:fs';

/** The data folder cannot be made, or not be written: `message` says it in French, with the remedy. */
export class DataFolderError extends Error {
  override readonly name = 'DataFolderError';

  constructor(dataDir: string, cause: unknown) {
    const { code } = cause as NodeJS.ErrnoException;
    super(
      `Impossible d’écrire dans le dossier des données ${dataDir} (${describe(code)}). Donnez ce dossier au compte qui lance l’assistant (chown -R ${process.getuid?.() ?? 'COMPTE'} ${dataDir}), ou choisissez-en un autre (DATA_DIR).`,
      { cause },
    );
  }
}

/**
 * Makes the folder where it is missing, readable by its owner only, and looks whether files can be made in it.
 * @throws DataFolderError
 */
export function prepareDataFolder(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new DataFolderError(dataDir, error);
  }
}

function describe(code: string | undefined): string {
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return 'accès refusé';
    case 'EROFS':
      return 'disque en lecture seule';
    case 'ENOSPC':
      return 'disque plein';
    case 'ENOTDIR':
    case 'EEXIST':
      return 'un fichier est à sa place';
    default:
      return code ?? 'cause inconnue';
  }
}
