/** How many guesses of the token an address may make. */
export interface GuessLimit {
  /** false: too many; the guess must not be looked at, right or wrong. */
  take(address: string): boolean;
  /** The guess was right: it was none. */
  giveBack(address: string): void;
}

/** At first, then one more each second. */
const atFirst = 10;
/** Addresses remembered; those beyond share one count, so that an attacker with many gains nothing and costs nothing. */
const mostAddresses = 1_000;

/** @param clock milliseconds that only go forward */
export function createGuessLimit(clock: () => number = () => performance.now()): GuessLimit {
  const left = new Map<string, { count: number; at: number }>();

  function find(address: string): { count: number; at: number } {
    const now = clock();
    if (left.size >= mostAddresses) {
      for (const [key, { count, at }] of left) if (count + (now - at) / 1_000 >= atFirst) left.delete(key);
    }
    const known = left.get(nameOf(address));
    const key = known !== undefined || left.size < mostAddresses ? nameOf(address) : '';
    const bucket = left.get(key) ?? { count: atFirst, at: now };
    bucket.count = Math.min(atFirst, bucket.count + (now - bucket.at) / 1_000);
    bucket.at = now;
    left.set(key, bucket);
    return bucket;
  }

  return {
    take(address) {
      const bucket = find(address);
      if (bucket.count < 1) return false;
      bucket.count -= 1;
      return true;
    },
    giveBack(address) {
      const bucket = find(address);
      bucket.count = Math.min(atFirst, bucket.count + 1);
    },
  };
}

/** One visitor has a whole /64 of IPv6 addresses. */
function nameOf(address: string): string {
  return address.includes(':') && !address.startsWith('::')
    ? address.split(':').slice(0, 4).join(':')
    : address;
}
