// A bot whose crypto library really panics: asked to encrypt for a room whose key was never made, WASM hits « unreachable ».
// In a process of its own, which has to end by itself.
import { join } from 'node:path';
import { OlmMachine } from '@matrix-org/matrix-sdk-crypto-wasm';
import { encrypted } from './js-sdk-agent.ts';
import { startSmallBot } from './small-bot.ts';

const [url = '', userId = '', deviceId = '', accessToken = '', folder = ''] = process.argv.slice(2);
const account = { userId, deviceId, accessToken };
const bot = await startSmallBot(url, account, {
  storePath: join(folder, 'cles.sqlite'),
  // Far beyond the test: only the panic itself, not the watchdog, may end it.
  callLimit: 600_000,
  onFatal: (error) => {
    console.log(`${error.code} ${error.message}`);
    process.exitCode = error.exitCode;
    setImmediate(() => process.exit());
  },
});
const { room_id: room } = (await bot.call('POST', '/_matrix/client/v3/createRoom', undefined, {
  preset: 'private_chat',
  initial_state: [encrypted],
})) as { room_id: string };
OlmMachine.prototype.shareRoomKey = async () => [];
await bot.say(room, 'jamais envoyé');
console.log('sent');
