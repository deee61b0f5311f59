import type { Exchange } from '../exchange.ts';

/** Is this the first contact, in a place where a welcome is due? Salons have their introduction. */
export function willWelcome({ memory, situation }: Pick<Exchange, 'memory' | 'situation'>): boolean {
  return !memory.welcomed && situation.place === 'dm' && situation.interactive;
}
