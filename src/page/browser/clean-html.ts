/** The elements that Tchap keeps of a message and that the bot uses (client-server specification, m.room.message). */
const kept = [
  'A',
  'B',
  'BLOCKQUOTE',
  'BR',
  'CODE',
  'EM',
  'H4',
  'HR',
  'LI',
  'OL',
  'P',
  'PRE',
  'STRONG',
  'SUB',
  'SUP',
  'UL',
];

/**
 * The HTML of a message as a Matrix client would show it: parsed apart, where nothing runs, and copied element by
 * element, since what a message holds is never trusted. Its headings take the level that their place in the page asks for.
 */
export function cleanHtml(html: string, heading: 'h3' | 'h4' | 'h5'): DocumentFragment {
  const parsed = new DOMParser().parseFromString(html, 'text/html');
  const fragment = document.createDocumentFragment();
  copyChildren(parsed.body, fragment, heading);
  return fragment;
}

function copyChildren(from: Node, to: Node, heading: string): void {
  for (const node of from.childNodes) {
    if (node instanceof Text) to.appendChild(document.createTextNode(node.data));
    else if (node instanceof HTMLElement && kept.includes(node.tagName)) {
      const copy = document.createElement(node.tagName === 'H4' ? heading : node.tagName);
      if (copy instanceof HTMLAnchorElement) copyLink(node, copy);
      if (copy instanceof HTMLOListElement) copyStart(node, copy);
      copyChildren(node, copy, heading);
      to.appendChild(copy);
    } else if (node instanceof Element && !/^(?:script|style|iframe|object)$/i.test(node.tagName)) {
      copyChildren(node, to, heading);
    }
  }
}

function copyLink(from: Element, to: HTMLAnchorElement): void {
  const href = from.getAttribute('href') ?? '';
  if (!/^(?:https?|mailto|tel):/i.test(href)) return;
  to.href = href;
  to.target = '_blank';
  to.rel = 'noopener noreferrer';
}

function copyStart(from: Element, to: HTMLOListElement): void {
  const start = Number(from.getAttribute('start'));
  if (Number.isInteger(start) && start > 1) to.start = start;
}
