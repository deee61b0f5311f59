import type { Metrics } from '../../operations/metrics.ts';
import { classifyFailure } from './classify-failure.ts';
import type { Homeserver } from './homeserver.ts';

/** The same homeserver, its answers 429 counted, whatever the call: what the bot gives up quietly is a sign as well. */
export function countRateLimits(homeserver: Homeserver, metrics: Metrics): Homeserver {
  return {
    ...homeserver,
    async call(...given) {
      try {
        return await homeserver.call(...given);
      } catch (error) {
        if (classifyFailure(error).kind === 'rate-limited') metrics.count('assistant_rate_limited_total');
        throw error;
      }
    },
  };
}
