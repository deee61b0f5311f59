import { describe, expect, test } from 'vitest';
import type { Block } from '../../../src/conversation/conversation.ts';
import { renderReply } from '../../../src/conversation/rendering/render-reply.ts';

const render = (...blocks: Block[]) => renderReply({ blocks });

describe('a rendered reply', () => {
  test('numbers steps from where they start, in both forms', () => {
    const { body, html } = render({
      type: 'steps',
      start: 3,
      items: [{ text: 'Ouvrez', points: ['le menu', 'la fenêtre'] }, { text: 'Fermez' }],
    });
    expect(body).toBe('3. Ouvrez\n   - le menu\n   - la fenêtre\n4. Fermez');
    expect(html).toBe(
      '<ol start="3"><li>Ouvrez<ul><li>le menu</li><li>la fenêtre</li></ul></li><li>Fermez</li></ol>',
    );
  });

  test('reads bold, what is typed and addresses; the plain body has no marks', () => {
    const { body, html } = render({
      type: 'paragraph',
      text: 'Saisissez `ResetVPN`, appelez le **72000**, ou lisez https://msg.interieur.gouv.fr.',
    });
    expect(body).toBe('Saisissez ResetVPN, appelez le 72000, ou lisez https://msg.interieur.gouv.fr.');
    expect(html).toBe(
      '<p>Saisissez <code>ResetVPN</code>, appelez le <strong>72000</strong>, ou lisez ' +
        '<a href="https://msg.interieur.gouv.fr">https://msg.interieur.gouv.fr</a>.</p>',
    );
  });

  test('leaves mail addresses and COMU logins alone', () => {
    const { html } = render({
      type: 'paragraph',
      text: 'charte-nomade2@interieur.gouv.fr, `<domaine>-<login>@comu.minint.fr`',
    });
    expect(html).not.toContain('<a');
    expect(html).toContain('<code>&lt;domaine&gt;-&lt;login&gt;@comu.minint.fr</code>');
  });

  test('escapes everything that HTML would read', () => {
    const { html } = render(
      { type: 'heading', text: `<script>alert("1)</script> & 'fin'` },
      { type: 'paragraph', text: 'https://ici.fr/?a="><img src=x onerror=alert(1)>' },
    );
    expect(html).not.toMatch(/<script|<img|onerror="/);
    expect(html).toContain('&lt;script&gt;alert(&quot;1)&lt;/script&gt; &amp; &#39;fin&#39;');
  });

  test('marks that are not closed are text', () => {
    expect(render({ type: 'paragraph', text: 'un ` seul, ** deux' }).body).toBe('un ` seul, ** deux');
  });

  test('is set as French is, in both forms, and never inside what is copied', () => {
    const { body, html } = render({
      type: 'paragraph',
      text: `**Besoin d'aide ?** Tapez \`l'a ;\`, lisez https://ici.fr/a;b!c : "voilà"...`,
    });
    expect(body).toBe(
      `Besoin d’aide\u202f? Tapez l'a ;, lisez https://ici.fr/a;b!c\u00a0: «\u202fvoilà\u202f»…`,
    );
    expect(html).toBe(
      '<p><strong>Besoin d’aide\u202f?</strong> Tapez <code>l&#39;a ;</code>, lisez ' +
        '<a href="https://ici.fr/a;b!c">https://ici.fr/a;b!c</a>\u00a0: «\u202fvoilà\u202f»…</p>',
    );
  });

  test('lets a phone call the number that it shows, however it was written', () => {
    const { body, html } = render({
      type: 'paragraph',
      text: 'Appelez le **01-40-07-2000** ou le **72000**.',
    });
    const number = '01\u00a040\u00a007\u00a020\u00a000';
    expect(body).toBe(`Appelez le ${number} ou le 72000.`);
    expect(html).toBe(
      `<p>Appelez le <strong><a href="tel:0140072000">${number}</a></strong> ou le <strong>72000</strong>.</p>`,
    );
  });

  test('never links anything but the web and phones', () => {
    expect(render({ type: 'paragraph', text: 'javascript:alert(1) file:///etc/passwd' }).html).not.toContain(
      '<a',
    );
  });
});
