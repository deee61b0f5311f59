/**
 * Parts of a list of to-device events, to be given to the crypto library one after the other: in none are there two events
 * of one sender, and those of a sender keep their order. The library compares the keys of a call with its store, not with
 * each other: of two keys for one session it would keep the last, which opens only what was said after it was sent. A
 * client gives the key a second time when the other side has opened a new Olm session (matrix-sdk-crypto,
 * `olm_wedging_index`), and both come at once to a bot that was away.
 */
export function separateSenders(events: readonly object[]): readonly (readonly object[])[] {
  const parts: object[][] = [];
  const seen = new Map<unknown, number>();
  for (const event of events) {
    const { sender } = event as { sender?: unknown };
    const index = seen.get(sender) ?? 0;
    seen.set(sender, index + 1);
    const part = parts[index] ?? [];
    part.push(event);
    parts[index] = part;
  }
  return parts;
}
