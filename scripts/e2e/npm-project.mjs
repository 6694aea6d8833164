import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { run } from './run.mjs';

const flags = ['--prefer-offline', '--no-audit', '--no-fund', '--no-package-lock', '--ignore-scripts=false'];

/** Our environment without what the npm or pnpm that started us has set. */
const clean = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(npm|pnpm)_/i.test(name) && name !== 'NODE_OPTIONS'),
);

/** A project that knows nothing of this workspace, and is installed with npm as an app's is. */
export class NpmProject {
  /** @type {string} */ #directory;

  constructor(/** @type {string} */ directory) {
    this.#directory = directory;
  }

  /** @param {string} name @param {unknown} content */
  async writeJson(name, content) {
    await writeFile(join(this.#directory, name), JSON.stringify(content, null, 2));
  }

  /** Installs the dependencies; one that has to be compiled, from its source, for the Node.js that is given here. */
  async install(
    /** @type {Readonly<Record<string, string>>} */ dependencies,
    /** @type {import('./node-binaries.mjs').NodeBinary | undefined} */ node = undefined,
  ) {
    await mkdir(this.#directory, { recursive: true });
    const allowScripts = { 'better-sqlite3': true };
    await this.writeJson('package.json', { private: true, dependencies, allowScripts });
    const onPath = node && {
      PATH: `${node.directory}/bin${delimiter}${clean['PATH'] ?? ''}`,
      npm_config_nodedir: node.directory,
      npm_config_build_from_source: 'true',
    };
    await run('npm', ['install', ...flags], {
      cwd: this.#directory,
      env: { ...clean, ...onPath },
      seconds: 400,
    });
  }

  /** Gives the version of a dependency that npm has installed. */
  async versionOf(/** @type {string} */ name) {
    const manifest = join(this.#directory, 'node_modules', name, 'package.json');
    return String(JSON.parse(await readFile(manifest, 'utf8')).version);
  }

  /** Runs Node.js in the project; rejects where it ends with an error. */
  run(/** @type {string} */ program, /** @type {readonly string[]} */ ...args) {
    return run(program, args, { cwd: this.#directory, env: clean, seconds: 240 });
  }
}
