import { type AccountRefusal, classifyFailure } from './failure.ts';
import type { Homeserver } from './homeserver.ts';

/** Milliseconds; longer than the longest back-off, after which what was refused is asked again. */
const staleAfter = 900_000;

/** What the bot lives on: a refusal of anything else (a receipt, an optional part of the encryption) keeps it from no work. */
const vitalCalls: readonly (readonly [string, RegExp])[] = [
  ['sync', /\/sync$/],
  ['send', /\/rooms\/[^/]+\/(?:send|redact)\//],
  ['join', /\/join\//],
  ['room', /\/createRoom$|\/rooms\/[^/]+\/(?:state|messages)(?:\/|$)/],
];

export interface AccountWatch {
  /** The same homeserver, its refusals of the whole account noted. */
  watch(homeserver: Homeserver): Homeserver;
  /** What is refused now and what to do about it, in French, for /readyz; null when nothing is. */
  readProblem(): string | null;
}

/** Remembers that the homeserver refuses the account as a whole, until a call of the same kind goes through. */
export function createAccountWatch(clock: () => number = Date.now): AccountWatch {
  const refused = new Map<string, { readonly code: AccountRefusal; readonly at: number }>();

  return {
    watch: (homeserver) => ({
      ...homeserver,
      async call(...given) {
        const kind = vitalCalls.find(([, path]) => path.test(given[1]))?.[0];
        try {
          const answer = await homeserver.call(...given);
          if (kind !== undefined) refused.delete(kind);
          return answer;
        } catch (error) {
          const failure = classifyFailure(error);
          if (kind !== undefined && failure.kind === 'account')
            refused.set(kind, { code: failure.code, at: clock() });
          throw error;
        }
      },
    }),
    readProblem() {
      for (const { code, at } of refused.values()) if (clock() - at < staleAfter) return explain(code);
      return null;
    },
  };
}

function explain(code: AccountRefusal): string {
  switch (code) {
    case 'M_USER_SUSPENDED':
      return 'le compte de l’assistant est suspendu (M_USER_SUSPENDED) : demandez à l’administrateur du serveur Matrix de lever la suspension ; les réponses attendent';
    case 'M_RESOURCE_LIMIT_EXCEEDED':
      return 'le serveur Matrix a atteint sa limite d’utilisation (M_RESOURCE_LIMIT_EXCEEDED) : demandez à son administrateur de la relever ; les réponses attendent';
    case 'M_CONSENT_NOT_GIVEN':
      return 'le serveur Matrix attend que le compte de l’assistant accepte ses conditions d’utilisation (M_CONSENT_NOT_GIVEN) : connectez-vous une fois avec ce compte dans un client et acceptez-les ; les réponses attendent';
    case 'M_UNRECOGNIZED':
      return 'le serveur Matrix dit ne pas connaître une requête courante (M_UNRECOGNIZED) : vérifiez HOMESERVER_URL et le proxy placé devant lui ; les réponses attendent';
  }
}
