/**
 * The least that a bot can be on the same SDK: joins when invited, sends back what it is told, with ECHO_REACTIONS
 * reactions under it (none by default). Runs as a process of its own, HOMESERVER_URL and ACCESS_TOKEN in its
 * environment; writes "ready" once it syncs.
 */
import { createRequire } from 'node:module';

interface EchoClient {
  on(event: string, listener: (roomId: string, event: EchoEvent) => void): void;
  getUserId(): Promise<string>;
  joinRoom(roomId: string): Promise<string>;
  sendText(roomId: string, text: string): Promise<string>;
  sendEvent(roomId: string, type: string, content: object): Promise<string>;
  start(): Promise<unknown>;
}
interface EchoEvent {
  readonly sender?: string;
  readonly content?: { readonly msgtype?: string; readonly body?: string };
}

const { MatrixClient, LogService, LogLevel } = createRequire(import.meta.url)('matrix-bot-sdk') as {
  MatrixClient: new (url: string, token: string) => EchoClient;
  LogService: { setLevel(level: unknown): void };
  LogLevel: { ERROR: unknown };
};

LogService.setLevel(LogLevel.ERROR);
const reactions = ['👍', '👎', '✅', '❌'].slice(0, Number(process.env['ECHO_REACTIONS'] ?? 0));
const client = new MatrixClient(process.env['HOMESERVER_URL'] ?? '', process.env['ACCESS_TOKEN'] ?? '');
const ownId = await client.getUserId();
client.on('room.invite', (roomId) => {
  client.joinRoom(roomId).catch((error: unknown) => console.error(error));
});
client.on('room.message', (roomId, event) => {
  if (event.sender === ownId || event.content?.msgtype !== 'm.text') return;
  answer(roomId, event.content.body ?? '').catch((error: unknown) => console.error(error));
});
await client.start();
console.log('ready');

async function answer(roomId: string, text: string): Promise<void> {
  const eventId = await client.sendText(roomId, text);
  for (const key of reactions) {
    const relation = { rel_type: 'm.annotation', event_id: eventId, key };
    await client.sendEvent(roomId, 'm.reaction', { 'm.relates_to': relation });
  }
}
