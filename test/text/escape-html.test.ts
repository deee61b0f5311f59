import { expect, test } from 'vitest';
import { escapeHtml } from '../../src/text/escape-html.ts';

test('what an agent types is shown, never obeyed, in an element as in an attribute', () => {
  expect(escapeHtml(`<img src="x" onerror='alert(1)'> & co`)).toBe(
    '&lt;img src=&quot;x&quot; onerror=&#39;alert(1)&#39;&gt; &amp; co',
  );
});

test('French is left as it is', () => {
  expect(escapeHtml('« Où est l’icône ? » : ça marche…')).toBe('« Où est l’icône ? » : ça marche…');
});
