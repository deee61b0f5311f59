import type { Page as Tab } from 'playwright-core';
import { expect } from 'vitest';
import { plainTypography } from '../text/plain-typography.ts';

/** Asks in a new conversation of the page; returns what is answered first to this very question. */
export async function askOnPage(tab: Tab, question: string): Promise<string> {
  await tab.getByRole('tab', { name: 'Conversation' }).click();
  const log = tab.getByRole('log');
  // A click that begins while the tabs still slide may end beside the button: again, until nothing old is left.
  await expect
    .poll(
      async () => {
        await tab.getByRole('button', { name: 'Nouvelle conversation' }).click();
        return log.getByRole('article').count();
      },
      { timeout: 10_000 },
    )
    .toBe(0);
  await tab.getByLabel('Votre message').fill(question);
  await tab.keyboard.press('Enter');
  const asked = log.locator('.page-message--own').filter({ hasText: question });
  const reply = asked.locator('xpath=following-sibling::article').first();
  await reply.waitFor();
  return plainTypography((await reply.textContent()) ?? '');
}
