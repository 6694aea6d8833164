import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const COMMANDS = ['chromium', 'chromium-browser', 'google-chrome'];

/** Starts the Chromium on PATH. */
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

/** Finds the Chromium on PATH. */
export function findChromium(): string {
  const directories = (process.env['PATH'] ?? '').split(delimiter);
  for (const path of directories.flatMap((directory) => COMMANDS.map((name) => join(directory, name)))) {
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not here: try the next one.
    }
  }
  throw new Error('Chromium is not on PATH. On Debian: sudo apt-get install chromium');
}

/** A visitor with their own browser profile. */
export class Visitor {
  readonly url: string;
  readonly page: Page;
  /** Errors that the browser reported: scripts, the content security policy, missing files. */
  readonly complaints: string[] = [];

  private constructor(url: string, page: Page) {
    this.url = url;
    this.page = page;
  }

  /** Opens a new profile with one page. */
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

  /** Presses a button, by its full accessible name. */
  async press(name: string): Promise<void> {
    await this.page.getByRole('button', { name, exact: true }).click();
  }

  async heading(page: Page = this.page): Promise<string | null> {
    return page.getByRole('heading', { level: 1 }).textContent();
  }

  async signIn(
    email: string,
    password: string,
    { remember = false }: { readonly remember?: boolean } = {},
  ): Promise<void> {
    await this.visit('/sign-in');
    await this.page.getByLabel('E-mail address').fill(email);
    await this.page.getByLabel('Password').fill(password);
    if (remember) await this.page.getByLabel('Remember me').check();
    await this.press('Sign in');
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }

  #listenTo(page: Page): void {
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('requestfailed', (request) => {
      const reason = request.failure()?.errorText;
      // Leaving a page aborts its open requests.
      if (reason !== 'net::ERR_ABORTED') this.complaints.push(`${request.url()}: ${reason}`);
    });
    page.on('console', (message) => {
      if (message.type() !== 'error' && message.type() !== 'warning') return;
      // Chromium also reports our own pages with a status such as 404.
      const isThePage = message.location().url === page.url() && message.text().includes('status of 4');
      if (!isThePage) this.complaints.push(message.text());
    });
  }
}
