import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import type { Brain } from '../brain/brain.ts';
import type { RoomId } from '../messages/ids.ts';
import type { Store } from '../store/open-store.ts';
import { wrapText } from '../text/wrap-text.ts';
import { listReplies } from './list-replies.ts';
import { createLocalWorld, type LocalGesture } from './local-world.ts';

/** One direct message with the bot in the terminal; resolves when it is left (Ctrl-D, or /quitter). */
export async function startTerminal(brain: () => Brain, store?: Store): Promise<void> {
  const world = createLocalWorld({ brain, store });
  // A new room at each start: what was said yesterday in this terminal is another conversation.
  const room: RoomId = `!terminal:${randomUUID()}`;
  const colour = process.stdout.isTTY === true && process.env['NO_COLOR'] === undefined;
  const lines = createInterface({
    input: process.stdin,
    output: process.stdout,
    terminal: process.stdin.isTTY === true,
    prompt: colour ? '\u001b[1mVous :\u001b[0m ' : 'Vous : ',
  });
  // What is piped elsewhere keeps its lines: another program may read them.
  const columns = process.stdout.isTTY === true ? process.stdout.columns : Number.POSITIVE_INFINITY;
  lines.prompt();
  for await (const line of lines) {
    const text = line.trim();
    if (text === '/quitter') break;
    if (text !== '') {
      const gesture = {
        from: '@vous',
        room,
        kind: 'dm',
        mentioned: true,
        act: readAct(text),
      } as const;
      const handled = await world.handle(gesture);
      for (const reply of handled ? listReplies(handled, () => false).replies : []) {
        const reactions = reply.reactions.length > 0 ? `\n[${reply.reactions.join('] [')}]` : '';
        console.log(`\n${wrapText(reply.text, columns)}${reactions}`);
      }
      console.log('');
    }
    lines.prompt();
  }
  lines.close();
}

/** Reactions as they are typed where no emoji keyboard is at hand. */
const typedReactions: Readonly<Record<string, string>> = { ':+1:': '👍', ':-1:': '👎' };

/** A line that is only an emoji is a reaction to the last reply. */
function readAct(text: string): LocalGesture['act'] {
  const key = typedReactions[text] ?? text;
  const emojiOnly = /^(?:\p{RGI_Emoji})$/v.test(key);
  return emojiOnly ? { type: 'reaction', key } : { type: 'text', text };
}
