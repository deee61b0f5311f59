import type { Content } from '../../knowledge/content.ts';
import type { MessageId } from '../../knowledge/message-catalogue.ts';

/** Fills a sentence of knowledge/messages.yaml that bot.ts or the Matrix edge says by itself. */
export function sayAtEdge(
  content: Content,
  id: MessageId,
  values: Readonly<Record<string, string | number>> = {},
): string {
  const template = content.messages.texts.get(id) ?? id;
  return template.replace(/\{([a-z-]+)\}/g, (hole, name: string) => String(values[name] ?? hole));
}
