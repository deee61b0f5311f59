import { type ConcludedTurn, conclude } from '../conclude.ts';
import { type Occasion, openExchange, paragraphs, reply } from '../exchange.ts';

/** The bot has come into a room: it says what it is for, once. */
export function introduce(occasion: Occasion): ConcludedTurn {
  // The introduction is welcome enough.
  const exchange = openExchange({ ...occasion, memory: { ...occasion.memory, welcomed: true } });
  const text = exchange.say(occasion.situation.place === 'salon' ? 'presentation-salon' : 'presentation-dm');
  return conclude(
    exchange,
    { replies: [reply(paragraphs(text))], outcome: 'smalltalk' },
    { said: null, notices: [], effects: [] },
  );
}

/** A picture, a file, a voice message: the bot reads text only. What it was waiting for, it still is. */
export function answerMedia(occasion: Occasion): ConcludedTurn {
  const exchange = openExchange(occasion);
  return conclude(
    exchange,
    { replies: [reply(paragraphs(exchange.say('texte-seulement')))], outcome: 'smalltalk' },
    { said: exchange.say('transcription-fichier'), notices: [], effects: [] },
  );
}
