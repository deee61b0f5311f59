import type { Config } from '../config.ts';
import { bad, doubtful, type Finding, good } from './finding.ts';

/**
 * The machines that share the account, and how PostgreSQL keeps what it is given. Looks only: nothing is made or changed
 * there. Nothing is said where the setting is not used.
 */
export async function* checkStandby({ matrix }: Config): AsyncGenerator<Finding> {
  if (matrix === null || matrix.standbyUrl === null) return;
  const { inspectStandby } = await import('../standby/inspect-standby.ts');
  const subject = 'Relais';
  let seen: Awaited<ReturnType<typeof inspectStandby>>;
  try {
    seen = await inspectStandby(matrix.standbyUrl, matrix.storeKey ?? '');
  } catch (error) {
    yield bad(
      subject,
      `PostgreSQL ne répond pas (${error instanceof Error ? error.message : String(error)})`,
      'Vérifiez STANDBY_URL, que la base existe, et que cette machine a le droit de s’y connecter.',
    );
    return;
  }
  switch (seen.state) {
    case 'empty':
      yield doubtful(
        subject,
        `PostgreSQL répond (${seen.milliseconds} ms), la base est vide`,
        'Démarrez d’abord la machine qui a les données.',
      );
      return;
    case 'other-key':
      yield bad(
        subject,
        'cette base sert à un assistant qui a une autre STORE_KEY',
        'Donnez à cette machine la même STORE_KEY que l’autre, ou une autre base.',
      );
      return;
    case 'in-use':
      break;
  }
  const { leader, epoch, followers, milliseconds, isSynchronous, keepsCommits } = seen;
  yield leader === null
    ? bad(
        subject,
        `aucune machine n’est active (mandat ${epoch})`,
        'Démarrez l’assistant sur une des machines.',
      )
    : good(subject, `${leader} est active (mandat ${epoch}), PostgreSQL répond en ${milliseconds} ms`);
  yield followers.length === 0
    ? doubtful(subject, 'aucune machine ne suit', 'Démarrez l’assistant sur une deuxième machine.')
    : good(
        subject,
        followers
          .map(({ instance, behind }) => `${instance} suit, ${behind} changements de retard`)
          .join(' ; '),
      );
  if (!keepsCommits)
    yield bad(
      'PostgreSQL',
      'synchronous_commit ou fsync est coupé : une panne de courant lui ferait oublier ce qu’il a confirmé',
      'Remettez fsync = on et synchronous_commit = on.',
    );
  else if (!isSynchronous)
    yield doubtful(
      'PostgreSQL',
      'pas de copie synchrone : s’il bascule sur une copie en retard, les derniers changements sont perdus',
      'Réglez synchronous_standby_names, ou acceptez-le (docs/standby.md).',
    );
}
