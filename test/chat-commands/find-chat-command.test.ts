import { describe, expect, test } from 'vitest';
import type { DeviceVerification, TicketOrders } from '../../src/chat-commands/capabilities.ts';
import type { Asker } from '../../src/chat-commands/chat-command.ts';
import { findChatCommand } from '../../src/chat-commands/find-chat-command.ts';
import { readChatCommand } from '../../src/chat-commands/read-chat-command.ts';

const agent: Asker = { isOperator: false, isAdmin: false, signedDevice: false };
const operator: Asker = { ...agent, isOperator: true };
const admin: Asker = { ...agent, isAdmin: true, signedDevice: true };

/** What the tickets were asked by a text that an operator writes in the support salon; or the sentence that refuses it. */
function order(text: string, asker = operator): unknown {
  const asked: unknown[] = [];
  const tickets: TicketOrders = {
    claim: (number) => asked.push({ type: 'claim', number }),
    release: (number) => asked.push({ type: 'release', number }),
    close: (number, note) => asked.push({ type: 'close', number, note }),
    transfer: (number, to) => asked.push({ type: 'transfer', number, to }),
    note: (number, note) => asked.push({ type: 'note', number, note }),
    reply: (number, name) => asked.push({ type: 'reply', number, name }),
    rename: (number, title) => asked.push({ type: 'rename', number, title }),
    prioritise: (number, priority) => asked.push({ type: 'prioritise', number, priority }),
    remind: (number, delay) => asked.push({ type: 'remind', number, delay }),
    writeTo: (to) => asked.push({ type: 'write-to', to }),
    listReplies: () => asked.push({ type: 'list-replies' }),
    report: () => asked.push({ type: 'report' }),
    list: () => asked.push({ type: 'list' }),
  };
  const found = findChatCommand(text, asker, { when: ['in-turn'], strict: true, can: { tickets } });
  if (found.type === 'command') void found.run();
  return found.type === 'refused' ? found.sentence : (asked[0] ?? null);
}

describe('an operator', () => {
  test.each([
    ['!prendre 12', { type: 'claim', number: 12 }],
    ['!prendre', { type: 'claim', number: null }],
    ['  !Prendre n° 12 ', { type: 'claim', number: 12 }],
    [
      '!clore 12 mot de passe expiré, fiche à compléter',
      { type: 'close', number: 12, note: 'mot de passe expiré, fiche à compléter' },
    ],
    ['!clore réglé par téléphone', { type: 'close', number: null, note: 'réglé par téléphone' }],
    ['!clore #7', { type: 'close', number: 7, note: null }],
    ['!rendre', { type: 'release', number: null }],
    ['!transférer 12 @chloe:ici', { type: 'transfer', number: 12, to: '@chloe:ici' }],
    ['!transferer Chloé Petit', { type: 'transfer', number: null, to: 'Chloé Petit' }],
    ['!note 12 2 tentatives déjà faites', { type: 'note', number: 12, note: '2 tentatives déjà faites' }],
    ['!clôre 7', { type: 'close', number: 7, note: null }],
    ['!FERMER 7', { type: 'close', number: 7, note: null }],
    ['!transfe\u0301rer 12 Chloé', { type: 'transfer', number: 12, to: 'Chloé' }],
    ['!r 12 vpn', { type: 'reply', number: 12, name: 'vpn' }],
    ['!r vpn', { type: 'reply', number: null, name: 'vpn' }],
    ['!réponses', { type: 'list-replies' }],
    ['!renommer 12 VPN de Beauvau', { type: 'rename', number: 12, title: 'VPN de Beauvau' }],
    ['!priorité haute', { type: 'prioritise', number: null, priority: 'haute' }],
    ['!rappel 2 h', { type: 'remind', number: null, delay: 7_200_000 }],
    ['!rappel 2h30', { type: 'remind', number: null, delay: 9_000_000 }],
    ['!rappel 12 30 min', { type: 'remind', number: 12, delay: 1_800_000 }],
    ['!rappel 12 annuler', { type: 'remind', number: 12, delay: 'never' }],
    ['!rappel bientôt', { type: 'remind', number: null, delay: null }],
    ['!rappel 90 jours', { type: 'remind', number: 90, delay: null }],
    ['!écrire @ana:ici le VPN', { type: 'write-to', to: '@ana:ici le VPN' }],
    ['!bilan', { type: 'report' }],
    ['!tickets', { type: 'list' }],
    ['!demandes', { type: 'list' }],
  ])('is understood when they write %s', (text, expected) => {
    expect(order(text)).toEqual(expected);
  });

  test('never sees a misspelt command reach the agent', () => {
    expect(order('!cloer 12')).toEqual({ id: 'ticket.commande-inconnue', values: { mot: 'cloer' } });
    expect(order('! note untel est pénible')).toMatchObject({ type: 'note' });
  });

  test('may write ordinary sentences', () => {
    expect(readChatCommand('Attention ! redémarrez le poste')).toBeNull();
    expect(readChatCommand('!!! urgent')).toBeNull();
  });
});

describe('the gate', () => {
  const codes: string[] = [];
  const verification: DeviceVerification = {
    confirm: (code) => codes.push(`confirm ${code}`),
    refuse: (code) => codes.push(`refuse ${code}`),
    tell: () => expect.fail('the gate only says what is to be told'),
  };
  const atDoor = (text: string, asker: Asker) =>
    findChatCommand(text, asker, { when: ['before-access'], strict: false, can: { verification } });

  test('keeps what is for others from whoever is not one of them', () => {
    expect(order('!prendre 1', { ...admin, isOperator: false })).toMatchObject({
      id: 'ticket.commande-inconnue',
    });
    expect(atDoor('!verifier 4f2a91', agent)).toEqual({ type: 'none' });
    expect(atDoor('!verifier 4f2a91', { ...operator, signedDevice: true })).toEqual({ type: 'none' });
  });

  test('lets a verification be confirmed from a signed device only, and says so', () => {
    expect(atDoor('!Vérifier 4f2a91', { ...admin, signedDevice: false })).toEqual({
      type: 'refused',
      sentence: { id: 'commande.appareil-non-verifie', values: { commande: 'Vérifier' } },
    });
    expect(codes).toEqual([]);
    for (const text of ['!Vérifier 4F2A91', ' !refuser 00ff00 ']) {
      const found = atDoor(text, admin);
      if (found.type === 'command') void found.run();
    }
    expect(codes).toEqual(['confirm 4f2a91', 'refuse 00ff00']);
  });

  test('takes a command whose arguments are not well formed for a message like another', () => {
    for (const text of ['!verifier', '!verifier 4f2a9', '!verifier 4f2a91 merci', '!refuser zzzzzz'])
      expect(atDoor(text, admin), text).toEqual({ type: 'none' });
  });

  test('runs a command only at its own time, with what the door can hand it', () => {
    const door = { strict: false, can: { verification } };
    expect(findChatCommand('!verifier 4f2a91', admin, { ...door, when: ['in-turn'] })).toEqual({
      type: 'none',
    });
    expect(
      findChatCommand('!version', admin, { when: ['in-turn', 'after-turn'], strict: false, can: {} }),
    ).toEqual({ type: 'none' });
  });
});
