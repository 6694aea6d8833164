import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startWorker, type WorkerBindings } from '@coatcheck/runtimes/worker-runtime';

/** What a quick start writes into `wrangler.jsonc`. */
interface WranglerConfig {
  readonly main: string;
  readonly compatibility_date: string;
  readonly d1_databases?: readonly { readonly binding: string; readonly database_name: string }[];
  readonly durable_objects?: {
    readonly bindings: readonly { readonly name: string; readonly class_name: string }[];
  };
  readonly migrations?: readonly { readonly new_sqlite_classes?: readonly string[] }[];
}

/** Returns the configurations of Wrangler in a folder, by the name of the file that each serves. */
export function workersIn(folder: string): ReadonlyMap<string, WranglerConfig> {
  const files = readdirSync(folder).filter((name) => /^wrangler\..+\.json$/.test(name));
  const configs = files.map((name): WranglerConfig => JSON.parse(readFileSync(join(folder, name), 'utf8')));
  return new Map(configs.map((config) => [config.main, config]));
}

/** Serves a worker as Wrangler would from its configuration. */
export function serveWorker(file: string, config: WranglerConfig): ReturnType<typeof startWorker> {
  const { d1_databases: databases = [], durable_objects: objects, migrations = [] } = config;
  const inSqlite = migrations.flatMap(({ new_sqlite_classes: classes = [] }) => classes);
  const bindings: WorkerBindings = {
    d1Databases: Object.fromEntries(databases.map((each) => [each.binding, each.database_name])),
    durableObjects: Object.fromEntries(
      (objects?.bindings ?? []).map(({ name, class_name: className }) => [
        name,
        { className, useSQLite: inSqlite.includes(className) },
      ]),
    ),
  };
  return startWorker(pathToFileURL(file), config.compatibility_date, bindings);
}
