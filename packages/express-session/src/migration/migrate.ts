import type { Settings } from '../config/options.ts';
import { type ConnectRequest, cookieValues } from '../cookie/request-view.ts';
import type { JsonObject } from '../data/json.ts';
import { adoptInto } from '../data/merge.ts';
import type { NativeSession } from '../request/native-session.ts';

/** Moves the session here that a request's old cookie opens. Returns the name of the old cookie, if the response is to clear it. */
export async function migrate(
  req: ConnectRequest,
  settings: Settings,
  native: NativeSession,
): Promise<string | undefined> {
  const { migrateFrom: migration, name, userOf } = settings;
  if (migration === undefined) return undefined;
  if (native.isCrossSite || (native.id !== undefined && !migration.keeps)) return undefined;
  const oldName = migration.name ?? name;
  const id = cookieValues(req, oldName)
    .map(migration.idOf)
    .find((each) => each !== undefined);
  if (id === undefined) return undefined;
  // A record that stays must not bring back what has ended here: the next request would move it again.
  if (migration.keeps) native.endsToo(() => migration.remove(id).catch(migration.onError));
  if (native.id !== undefined || (migration.keeps && native.isEnded)) return undefined;
  await native.move(id, async () => {
    const found = await migration.load(id);
    if (found === undefined) return;
    const { maxAge } = found;
    const data: JsonObject =
      maxAge === undefined ? found.data : { ...found.data, cookie: { originalMaxAge: maxAge } };
    const fill = (stored: JsonObject): void => adoptInto(stored, {}, data);
    try {
      const user = userOf(data);
      if (user === undefined) await native.update(fill);
      else await native.signIn(user, { onto: fill, anew: fill, adopted: fill });
    } catch (error) {
      migration.onError(error);
      return;
    }
    // The session is here now. A record that cannot be removed expires by itself, and its cookie is replaced.
    if (!migration.keeps) await migration.remove(id).catch(migration.onError);
  });
  return native.id !== undefined && !migration.keeps && oldName !== name ? oldName : undefined;
}
