import { escapeHtml } from '../../text/escape-html.ts';
import { frenchTypography } from '../../text/french-typography.ts';
import type { Block, Item, Reply } from '../conversation.ts';
import { type Inline, parseInline } from './parse-inline.ts';

/**
 * The two forms of a Matrix message: `html` for `format: org.matrix.custom.html`, using only elements that
 * Element and Tchap keep (client-server specification, m.room.message, HTML), and `body`, which reads well alone.
 */
export function renderReply(reply: Pick<Reply, 'blocks'>): { readonly body: string; readonly html: string } {
  return {
    body: reply.blocks.map(plainBlock).join('\n\n'),
    html: reply.blocks.map(htmlBlock).join(''),
  };
}

function plainBlock(block: Block): string {
  switch (block.type) {
    case 'heading':
    case 'paragraph':
    case 'note':
      return plain(block.text);
    case 'bullets':
      return block.items.map((item) => plainItem('-', item)).join('\n');
    case 'steps':
      return block.items.map((item, index) => plainItem(`${index + (block.start ?? 1)}.`, item)).join('\n');
    case 'choices':
      return block.items.map((text, index) => plainItem(`${index + 1}.`, { text })).join('\n');
  }
}

function plainItem(marker: string, item: Item): string {
  const points = (item.points ?? []).map((point) => `\n   - ${plain(point)}`);
  return `${marker} ${plain(item.text)}${points.join('')}`;
}

function htmlBlock(block: Block): string {
  switch (block.type) {
    case 'heading':
      return `<h4>${html(block.text)}</h4>`;
    case 'paragraph':
      return `<p>${html(block.text)}</p>`;
    case 'note':
      return `<p><em>${html(block.text)}</em></p>`;
    case 'bullets':
      return `<ul>${block.items.map(htmlItem).join('')}</ul>`;
    case 'steps': {
      const start = block.start === undefined || block.start === 1 ? '' : ` start="${block.start}"`;
      return `<ol${start}>${block.items.map(htmlItem).join('')}</ol>`;
    }
    case 'choices':
      return `<ol>${block.items.map((text) => htmlItem({ text })).join('')}</ol>`;
  }
}

function htmlItem(item: Item): string {
  const points = item.points ?? [];
  const nested = points.length === 0 ? '' : `<ul>${points.map((text) => htmlItem({ text })).join('')}</ul>`;
  return `<li>${html(item.text)}${nested}</li>`;
}

const plain = (text: string): string => parseInline(frenchTypography(text)).map(plainInline).join('');

function plainInline(piece: Inline): string {
  return piece.type === 'bold' ? piece.content.map(plainInline).join('') : piece.text;
}

const html = (text: string): string => parseInline(frenchTypography(text)).map(htmlInline).join('');

function htmlInline(piece: Inline): string {
  switch (piece.type) {
    case 'text':
      return escapeHtml(piece.text);
    case 'bold':
      return `<strong>${piece.content.map(htmlInline).join('')}</strong>`;
    case 'code':
      return `<code>${escapeHtml(piece.text)}</code>`;
    case 'link':
      return `<a href="${escapeHtml(piece.href)}">${escapeHtml(piece.text)}</a>`;
  }
}
