import type { Encryption } from '../encryption/encryption.ts';
import type { Store } from '../store/open-store.ts';

/** Milliseconds; a sync may last 30 s when nothing happens. */
const staleSync = 120_000;

/**
 * What keeps the bot from working now, in French; for /readyz.
 * @param connection null before the bot has a session
 */
export async function readProblems(
  store: Store,
  connection: {
    readonly encryption: Encryption | null;
    readonly tokenGood: boolean;
    /** What the homeserver refuses to the account as a whole. */
    readonly refusal: string | null;
  } | null,
): Promise<readonly string[]> {
  const problems: string[] = [];
  if (connection === null) problems.push('pas encore connecté au serveur Matrix');
  else {
    const age = Date.now() - Number(store.settings.read('last-sync') ?? 0);
    if (!connection.tokenGood) problems.push('le jeton d’accès est refusé');
    if (connection.refusal !== null) problems.push(connection.refusal);
    if (age > staleSync) problems.push('pas de synchronisation récente avec le serveur Matrix');
    if (!(await isHealthy(connection.encryption))) problems.push('le chiffrement ne fonctionne pas');
  }
  if (!store.isWritable()) problems.push('la base de données n’accepte plus d’écriture');
  return problems;
}

async function isHealthy(encryption: Encryption | null): Promise<boolean> {
  if (encryption === null) return true;
  return encryption.readStatus().then(
    ({ healthy }) => healthy,
    () => false,
  );
}
