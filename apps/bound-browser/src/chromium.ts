import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findChromium } from '@coatcheck/shop-common/testing';
import { type BrowserContext, type Cookie, chromium, type Page } from 'playwright-core';

const BOUND = '__Host-session-device';
const PATIENCE = 15_000;

/** What Chromium tells of its device-bound sessions. */
export interface DeviceEvent {
  readonly kind: 'created' | 'refreshed' | 'ended' | 'challenged' | 'failed';
  readonly detail: string;
}

/** A Chromium with a profile of its own that keeps software keys, since no test machine has a TPM. */
export class BoundChromium {
  /** What its page was told, in order. */
  readonly events: DeviceEvent[] = [];
  readonly #profile: string;
  readonly #spki: string;
  readonly #waiting = new Set<() => void>();
  #context: BrowserContext | undefined;
  #page: Page | undefined;

  constructor(spki: string) {
    this.#profile = mkdtempSync(join(tmpdir(), 'bound-chromium-'));
    this.#spki = spki;
  }

  /** Starts it, with what the profile has. */
  async start(): Promise<void> {
    const context = await chromium.launchPersistentContext(this.#profile, {
      executablePath: findChromium(),
      args: [
        ...[
          '--no-sandbox',
          '--disable-gpu',
          '--no-first-run',
          '--disable-background-networking',
          '--disable-sync',
        ],
        `--ignore-certificate-errors-spki-list=${this.#spki}`,
        '--enable-features=DeviceBoundSessions:RefreshQuota/false,EnableBoundSessionCredentialsSoftwareKeysForManualTesting',
      ],
    });
    this.#context = context;
    const page = context.pages()[0] ?? (await context.newPage());
    this.#page = page;
    const cdp = await context.newCDPSession(page);
    await cdp.send('Network.enable');
    await cdp.send('Network.enableDeviceBoundSessions', { enable: true });
    cdp.on('Network.deviceBoundSessionEventOccurred', (event) => {
      this.events.push(eventOf(event));
      for (const wake of this.#waiting) wake();
    });
  }

  /** Closes it; the profile stays. */
  async stop(): Promise<void> {
    await this.#context?.close();
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 3 });
  }

  /** Opens a page and returns its words. */
  async visit(url: string): Promise<string> {
    await this.page.goto(url);
    return (await this.page.locator('body').textContent()) ?? '';
  }

  /** Follows a link of another site to a page, and returns its words. */
  async follow(url: string): Promise<string> {
    await this.page.goto(`data:text/html,<a href="${url}">there</a>`);
    await this.page.getByRole('link').click();
    await this.page.waitForURL(url);
    return (await this.page.locator('body').textContent()) ?? '';
  }

  get page(): Page {
    if (this.#page === undefined) throw new Error('Chromium has not been started.');
    return this.#page;
  }

  /** Waits until Chromium has told so many events of a kind. */
  async told(kind: DeviceEvent['kind'], count = 1): Promise<void> {
    const hasTold = () => this.events.filter((each) => each.kind === kind).length >= count;
    if (hasTold()) return;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`Chromium told no ${kind} event. It told: ${JSON.stringify(this.events)}`)),
        PATIENCE,
      );
      const wake = () => {
        if (!hasTold()) return;
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve();
      };
      this.#waiting.add(wake);
    });
  }

  /** Makes the bound cookie expire, as its time would. */
  async expireCookie(): Promise<void> {
    await this.#context?.clearCookies({ name: BOUND });
  }

  async cookies(): Promise<Cookie[]> {
    return (await this.#context?.cookies()) ?? [];
  }

  /** Takes over cookies of another profile, as malware does. */
  async takeCookies(cookies: readonly Cookie[]): Promise<void> {
    await this.#context?.addCookies([...cookies]);
  }
}

/** The parts of a CDP event that say what happened. */
interface RawEvent {
  readonly succeeded: boolean;
  readonly creationEventDetails?: { readonly fetchResult: string };
  readonly refreshEventDetails?: { readonly refreshResult: string };
  readonly terminationEventDetails?: { readonly deletionReason: string };
  readonly challengeEventDetails?: { readonly challengeResult: string };
}

function eventOf(event: RawEvent): DeviceEvent {
  const { succeeded, creationEventDetails, refreshEventDetails, terminationEventDetails } = event;
  if (terminationEventDetails !== undefined)
    return { kind: 'ended', detail: terminationEventDetails.deletionReason };
  // A challenge beside a registration is of a binding that is only being made; Chromium keeps it all the same.
  if (event.challengeEventDetails !== undefined)
    return { kind: 'challenged', detail: event.challengeEventDetails.challengeResult };
  const detail = creationEventDetails?.fetchResult ?? refreshEventDetails?.refreshResult ?? '';
  if (!succeeded) return { kind: 'failed', detail };
  return { kind: creationEventDetails === undefined ? 'refreshed' : 'created', detail };
}
