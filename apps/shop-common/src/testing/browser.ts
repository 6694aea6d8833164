import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const COMMANDS = ['chromium', 'chromium-browser', 'google-chrome'];

/** Starts Chromium, from PATH. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: findChromium(),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

function findChromium(): string {
  const directories = (process.env['PATH'] ?? '').split(delimiter);
  for (const path of directories.flatMap((directory) => COMMANDS.map((name) => join(directory, name)))) {
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not there: the next one.
    }
  }
  throw new Error('Chromium is not on PATH. On Debian: sudo apt-get install chromium');
}

/** A visitor with a browser profile of their own. */
export class Visitor {
  readonly url: string;
  readonly page: Page;
  /** What the browser complained of: scripts, the content security policy, files that are not there. */
  readonly complaints: string[] = [];

  private constructor(url: string, page: Page) {
    this.url = url;
    this.page = page;
  }

  /** Opens a new profile, with one page. */
  static async open(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Visitor> {
    const context = await browser.newContext(options);
    const visitor = new Visitor(url, await context.newPage());
    visitor.#listenTo(visitor.page);
    return visitor;
  }

  /** Opens another tab of the same profile. */
  async tab(): Promise<Page> {
    const page = await this.page.context().newPage();
    this.#listenTo(page);
    return page;
  }

  async visit(path: string): Promise<void> {
    await this.page.goto(this.url + path);
  }

  /** Presses a button, by its whole name as a screen reader says it. */
  async press(name: string): Promise<void> {
    await this.page.getByRole('button', { name, exact: true }).click();
  }

  async heading(page: Page = this.page): Promise<string | null> {
    return page.getByRole('heading', { level: 1 }).textContent();
  }

  async signIn(email: string, password: string): Promise<void> {
    await this.visit('/sign-in');
    await this.page.getByLabel('E-mail address').fill(email);
    await this.page.getByLabel('Password').fill(password);
    await this.press('Sign in');
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }

  #listenTo(page: Page): void {
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('requestfailed', (request) => {
      const reason = request.failure()?.errorText;
      // Leaving a page ends what it was still fetching.
      if (reason !== 'net::ERR_ABORTED') this.complaints.push(`${request.url()}: ${reason}`);
    });
    page.on('console', (message) => {
      if (message.type() !== 'error' && message.type() !== 'warning') return;
      // Chromium also reports a page of our own that has a status such as 404.
      const isThePage = message.location().url === page.url() && message.text().includes('status of 4');
      if (!isThePage) this.complaints.push(message.text());
    });
  }
}
