import type { Settings } from '../config/options.ts';
import { isBlank, type JsonObject } from '../data/json.ts';
import { adoptInto, mergeInto } from '../data/merge.ts';
import type { NativeSession } from './native-session.ts';

/** What a request made of the data that it loaded. */
interface Changes {
  readonly before: JsonObject;
  readonly after: JsonObject;
  /** Whether a session is to begin if there is none. */
  readonly isNeeded: boolean;
}

/** Applies the changes to the native session. A user who appeared is signed in, and one who disappeared is signed out. */
export async function writeChanges(
  native: NativeSession,
  { counters, userOf }: Pick<Settings, 'counters' | 'userOf'>,
  { before, after, isNeeded }: Changes,
): Promise<void> {
  const onto = (stored: JsonObject): void => mergeInto(stored, before, after, counters);
  const anew = (stored: JsonObject): void => mergeInto(stored, {}, after, counters);
  const adopted = (stored: JsonObject): void => adoptInto(stored, before, after);
  const user = userOf(after);
  if (user !== undefined && user !== native.userId) {
    await native.signIn(user, { onto, anew, adopted });
  } else if (user === undefined && native.userId !== undefined && userOf(before) !== undefined) {
    await native.end();
    if (!isBlank(after)) await native.update(anew);
  } else if (native.id !== undefined || isNeeded) {
    await native.update(onto);
  }
}
