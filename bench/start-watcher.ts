import { setTimeout as pause } from 'node:timers/promises';
import type { Account, Synapse } from '../test/e2e/homeserver/start-synapse.ts';

/** Another device of the bot sees what it says. One long poll for all rooms: 500 would measure Synapse's patience. */
export async function startWatcher(
  synapse: Synapse,
  bot: Account,
  onMessage: (room: string, at: number) => void,
): Promise<{ stop(): Promise<void> }> {
  const login = await fetch(`${synapse.url}/_matrix/client/v3/login`, {
    method: 'POST',
    body: JSON.stringify({
      type: 'm.login.password',
      identifier: { type: 'm.id.user', user: bot.userId },
      password: bot.password,
    }),
  });
  const { access_token: token } = (await login.json()) as { access_token: string };
  const stopping = new AbortController();
  const filter = JSON.stringify({
    presence: { not_types: ['*'] },
    room: {
      state: { not_types: ['*'] },
      ephemeral: { not_types: ['*'] },
      timeline: { types: ['m.room.message'], limit: 100 },
    },
  });
  let since: string | null = null;

  async function poll(): Promise<void> {
    const first = since === null;
    const query = new URLSearchParams({
      filter,
      timeout: first ? '0' : '30000',
      ...(since === null ? {} : { since }),
    });
    const answer = await fetch(`${synapse.url}/_matrix/client/v3/sync?${query}`, {
      headers: { Authorization: `Bearer ${token}` },
      signal: stopping.signal,
    });
    const batch = (await answer.json()) as {
      next_batch: string;
      rooms?: { join?: Record<string, { timeline?: { events?: { sender: string }[] } }> };
    };
    since = batch.next_batch;
    if (first) return;
    const at = performance.now();
    for (const [room, { timeline }] of Object.entries(batch.rooms?.join ?? {})) {
      for (const event of timeline?.events ?? []) if (event.sender === bot.userId) onMessage(room, at);
    }
  }

  await poll();
  const done = (async () => {
    while (!stopping.signal.aborted) await poll().catch(() => pause(100));
  })();
  return {
    async stop() {
      stopping.abort();
      await done;
    },
  };
}
