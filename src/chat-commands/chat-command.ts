import type { SentenceId } from '../knowledge/sentence-catalogue.ts';
import type { Capabilities, Hands } from './capabilities.ts';

/** Who may: an operator is one in the support salon only. */
export type Who = 'everybody' | 'operators' | 'administrators';

/** The one who wrote a command, as the door where it came in knows them. */
export interface Asker {
  /** They are an operator, and write in the support salon. */
  readonly isOperator: boolean;
  readonly isAdmin: boolean;
  /** They wrote in an encrypted room, from a device that they have signed. */
  readonly signedDevice: boolean;
}

/**
 * `before-access`: before anything else, whoever is let in. `in-turn`: in the transaction of the turn. `after-turn`: the
 * turn says `acknowledgement`, and the command runs once that is stored.
 * Only the door before access knows the device: a command for signed devices runs there.
 */
type Timing =
  | { readonly when: 'before-access'; readonly device: 'any' | 'signed' }
  | { readonly when: 'in-turn'; readonly device: 'any' }
  | { readonly when: 'after-turn'; readonly device: 'any'; readonly acknowledgement: string };

type Description = Timing & {
  /** As help and guides write it, without accents. Accents and capitals do not count in what people write. */
  readonly name: string;
  readonly synonyms: readonly string[];
  readonly who: Who;
  /** One line of `!aide`: the command between backquotes, then what it does. */
  readonly help: Extract<SentenceId, `aide.${string}`>;
};

export type ChatCommand = Description & {
  readonly uses: keyof Capabilities;
  /** null when the command cannot run: its arguments are not well formed, or the door lacks its capability. */
  bind(rest: string, asker: Asker, can: Hands): (() => void | Promise<void>) | null;
};

/**
 * @example
 * export const release = defineChatCommand({
 *   name: 'rendre', synonyms: [], who: 'operators', device: 'any', when: 'in-turn', help: 'aide.rendre',
 *   uses: 'tickets',
 *   parse: takeNumber,
 *   run: (tickets, { number }) => tickets.release(number),
 * });
 */
export function defineChatCommand<Uses extends keyof Capabilities, Arguments extends object>(
  command: Description & {
    readonly uses: Uses;
    /** What follows the command's word; null when that makes it no such command. */
    readonly parse: (rest: string, asker: Asker) => Arguments | null;
    /** A promise is awaited after the turn only. */
    readonly run: (capability: Capabilities[Uses], given: Arguments) => void | Promise<void>;
  },
): ChatCommand {
  const { parse, run, ...description } = command;
  return {
    ...description,
    bind(rest, asker, can) {
      const capability: Capabilities[Uses] | undefined = can[command.uses];
      const given = parse(rest, asker);
      return capability === undefined || given === null ? null : () => run(capability, given);
    },
  };
}
