import type { Page as Tab } from 'playwright-core';

/** Asks in a new conversation of the page; returns what is answered first. */
export async function askOnPage(tab: Tab, question: string): Promise<string> {
  await tab.getByRole('tab', { name: 'Conversation' }).click();
  await tab.getByRole('button', { name: 'Nouvelle conversation' }).click();
  await tab.getByLabel('Votre message').fill(question);
  await tab.keyboard.press('Enter');
  const reply = tab.locator('.page-message:not(.page-message--own)').first();
  await reply.waitFor();
  return (await reply.textContent()) ?? '';
}
