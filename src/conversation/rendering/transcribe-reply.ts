import type { Sentences } from '../../knowledge/content.ts';
import type { SentenceId } from '../../knowledge/sentence-catalogue.ts';
import { cutAtSentence } from '../../text/cut-at-sentence.ts';
import type { Block } from '../conversation.ts';
import { renderReply } from './render-reply.ts';

const longest = 400;

/** What the assistant says of itself and of how to answer it: of no use to whoever takes over. */
const aboutItself: readonly SentenceId[] = [
  'excuse-retard',
  'bienvenue',
  'presentation-dm',
  'presentation-salon',
  'secret',
  'est-ce-resolu',
  'fin-resolu',
  'fin-resolu-ou-guide',
  'fin-sinon',
  'fin-aide',
  'suite-en-prive',
  'choisir-variante',
  'choisir',
  'choix-attendu',
  'pas-resolu',
  'pas-resolu-choix',
  'pas-resolu-suite',
  'guide-comment-premiere',
  'guide-comment',
  'guide-comment-branches',
  'guide-comment-bloque',
  'guide-arrete',
  'reprendre-le-guide',
  'prenez-votre-temps',
  'fait-fiche',
  'menu-choisir-theme',
  'menu-choisir-question',
];
/** Titles of lists of phone numbers. */
const contactTitles: readonly SentenceId[] = ['qui-appeler', 'numeros-utiles', 'autres-contacts'];
/** A shorter beginning says nothing of which sentence it is. */
const leastBeginning = 6;

/** A reply as the exchange keeps it for an operator: what was said of the problem, in whole sentences; empty when nothing was. */
export function transcribeReply(blocks: readonly Block[], sentences: Sentences): string {
  const kept = withoutFormulas(blocks, sentences);
  if (kept.length === 0) return '';
  // One line a thought: among other messages, blank lines would only make the exchange longer.
  return cutAtSentence(renderReply({ blocks: kept }).body.replace(/\n{2,}/g, '\n'), longest);
}

/** What a reply says of the problem alone. */
export function withoutFormulas(blocks: readonly Block[], { texts }: Sentences): readonly Block[] {
  const beginnings = aboutItself.flatMap((id) => (texts.get(id) ?? '').split('\n').map(beginningOf));
  const titles = contactTitles.map((id) => `**${texts.get(id) ?? id}`);
  return blocks.filter((block, index) => {
    if (block.type === 'note') return false;
    if (block.type === 'bullets') return !isTitle(blocks[index - 1]);
    return block.type !== 'paragraph' || !(isTitle(block) || isAboutItself(block.text));
  });

  function isTitle(block: Block | undefined): boolean {
    return block?.type === 'paragraph' && titles.some((title) => block.text.startsWith(title));
  }
  function isAboutItself(text: string): boolean {
    return beginnings.some((beginning) => beginning.length >= leastBeginning && text.startsWith(beginning));
  }
}

/** Up to the first blank, which is filled by then. */
function beginningOf(line: string): string {
  return line.split('{')[0] ?? '';
}
