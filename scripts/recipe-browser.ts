import { type Browser, chromium } from 'playwright-core';
import { findSystemProgram } from './setup-system.mjs';

/** Starts the Chromium of the system, for a recipe that needs a real browser. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = findSystemProgram('chromium');
  if (executablePath === undefined)
    throw new Error('Chromium is missing: run node scripts/setup-system.mjs.');
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
    ],
  });
}
