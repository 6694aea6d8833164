import { type RandomBytes, randomText } from '../../common/random.ts';
import type { BindingContext } from '../../config/device-binder.ts';
import type { ResponseHeader } from '../../http/request-view.ts';
import {
  challengeOf,
  type DeviceRules,
  type Drawn,
  judgeChallenge,
  mayRegister,
  rechallenged,
  refreshed,
  registered,
} from '../../session/device/device.ts';
import { type Proof, parseProof, unquoted } from '../../session/device/proof.ts';
import type { DirectResponse } from '../../session/direct-response.ts';
import type { Device } from '../../session/session-state.ts';
import { hashSecret, sessionIdOf } from '../../session/token.ts';
import type { BoundCookie } from './bound-cookie.ts';
import { type FoundSession, findSession } from './find.ts';

const HANDLE_BYTES = 16;
const COOKIE_BYTES = 32;

/** What the endpoint depends on. */
export interface EndpointDeps {
  readonly path: string;
  readonly rules: DeviceRules;
  readonly cookie: BoundCookie;
  readonly now: () => number;
  readonly randomBytes: RandomBytes;
  /** Verifies a proof by a public key. */
  readonly verify: (proof: Proof, key: string) => Promise<boolean>;
}

/**
 * Draws a challenge or the name of a binding: the session's ID, and 128 random bits that only the browser is told. So its requests need no token, and an ID from a log
 * learns nothing.
 */
export function drawHandle(sessionId: string, randomBytes: RandomBytes): string {
  return `${sessionId}.${randomText(randomBytes, HANDLE_BYTES)}`;
}

/** Responds to the browser: it registers a key, asks for a challenge, or proves that it has the key. */
export async function respond(deps: EndpointDeps, context: BindingContext): Promise<DirectResponse> {
  const named = context.request.header('sec-secure-session-id');
  return named === undefined ? register(deps, context) : refresh(deps, context, unquoted(named));
}

/** Registers the key that a proof brings. A registration that is refused ends nothing: the session goes on as it was. */
async function register(deps: EndpointDeps, context: BindingContext): Promise<DirectResponse> {
  const { now, rules } = deps;
  const proof = parseProof(context.request.header('secure-session-response'));
  const key = proof?.key;
  if (proof === undefined || key === undefined) return refuse(context, 'proof');
  const session = await findSession(context.deps, sessionIdOf(proof.challenge), now);
  if (session === 'unreadable') return LATER;
  if (session === 'gone' || session.state.device === undefined) return refuse(context, 'challenge');
  if (!mayRegister(session.state.device, proof.challenge, now(), rules)) return refuse(context, 'challenge');
  if (!(await deps.verify(proof, key))) return refuse(context, 'signature', session);
  const { drawn, value } = draw(deps, session);
  const id = drawHandle(session.id, deps.randomBytes);
  const device = await session.change((latest, at) =>
    latest !== undefined && mayRegister(latest, proof.challenge, at, rules)
      ? registered({ id, key }, drawn, at, rules)
      : undefined,
  );
  if (device === undefined) return refuse(context, 'challenge', session);
  context.emit({ type: 'device-registered' }, session.state, session.id);
  return confirmed(deps, device, value);
}

/** Gives a new bound cookie for a proof, or a challenge for no proof. Only what certainly ends the binding ends it in the browser. */
async function refresh(deps: EndpointDeps, context: BindingContext, id: string): Promise<DirectResponse> {
  const { now, rules } = deps;
  const session = await findSession(context.deps, sessionIdOf(id), now);
  if (session === 'unreadable') return LATER;
  const device = session === 'gone' ? undefined : session.state.device;
  if (session === 'gone' || device === undefined || device.key === '' || device.id !== id) return end(id);
  const value = context.request.header('secure-session-response');
  if (value === undefined) return challenge(deps, session);
  const proof = parseProof(value);
  if (proof === undefined || !(await deps.verify(proof, device.key))) {
    context.emit(
      { type: 'device-refused', reason: proof === undefined ? 'proof' : 'signature' },
      session.state,
      session.id,
    );
    const current = challengeOf(device, now(), rules);
    return current === undefined ? REFUSED : challenged(device.id, current);
  }
  const stale = judgeChallenge(device, proof.challenge, now(), rules) === 'stale';
  const { drawn, value: cookie } = draw(deps, session);
  const next = stale
    ? undefined
    : await session.change((latest, at) =>
        latest !== undefined && latest.key === device.key
          ? refreshed(latest, proof.challenge, drawn, at, rules)
          : undefined,
      );
  if (next === undefined) {
    context.emit({ type: 'device-refused', reason: 'challenge' }, session.state, session.id);
    return challenge(deps, session);
  }
  context.emit({ type: 'device-refreshed' }, session.state, session.id);
  return confirmed(deps, next, cookie);
}

/** Responds with the challenge that the next proof should sign. Writes only if the one before has expired. */
async function challenge(
  { now, rules, randomBytes }: EndpointDeps,
  { id, state, change }: FoundSession,
): Promise<DirectResponse> {
  const { device } = state;
  const known = device && challengeOf(device, now(), rules);
  if (device !== undefined && known !== undefined) return challenged(device.id, known);
  const drawn = drawHandle(id, randomBytes);
  const next = await change((latest, at) => latest && rechallenged(latest, drawn, at, rules));
  const [current] = next?.challenges ?? [];
  return next === undefined || current === undefined ? LATER : challenged(next.id, current[0]);
}

function draw(
  { randomBytes }: EndpointDeps,
  { id }: FoundSession,
): { readonly drawn: Drawn; readonly value: string } {
  const value = randomText(randomBytes, COOKIE_BYTES);
  return { value, drawn: { cookieHash: hashSecret(value), challenge: drawHandle(id, randomBytes) } };
}

/** Brings the new bound cookie, and the next challenge in advance, so that the next refresh takes one round trip. */
function confirmed({ path, rules, cookie }: EndpointDeps, device: Device, value: string): DirectResponse {
  const { id } = device;
  const [current] = device.challenges;
  const instructions = {
    session_identifier: id,
    refresh_url: path,
    scope: { include_site: false },
    credentials: [{ type: 'cookie', name: cookie.name, attributes: cookie.attributes }],
    // A link on another site, such as one in a mail, leads to a request that needs the cookie too.
    allowed_refresh_initiators: ['*'],
  };
  const next = current === undefined ? [] : [challengeHeader(id, current[0])];
  return {
    status: 200,
    headers: [JSON_TYPE, NO_STORE, cookie.set(value, rules.lifetime), ...next],
    body: JSON.stringify(instructions),
  };
}

/** Asks for a proof. */
function challenged(id: string, current: string): DirectResponse {
  return { status: 403, headers: [NO_STORE, challengeHeader(id, current)], body: '' };
}

/** Ends the binding in the browser. */
function end(id: string): DirectResponse {
  const body = JSON.stringify({ session_identifier: id, continue: false });
  return { status: 200, headers: [JSON_TYPE, NO_STORE], body };
}

function refuse(
  context: BindingContext,
  reason: 'proof' | 'challenge' | 'signature',
  session?: FoundSession,
): DirectResponse {
  context.emit({ type: 'device-refused', reason }, session?.state, session?.id);
  return REFUSED;
}

function challengeHeader(id: string, current: string): ResponseHeader {
  return ['secure-session-challenge', `"${current}";id="${id}"`, 'set'];
}

const NO_STORE: ResponseHeader = ['cache-control', 'no-store', 'set'];
const JSON_TYPE: ResponseHeader = ['content-type', 'application/json', 'set'];
const REFUSED: DirectResponse = { status: 403, headers: [NO_STORE], body: '' };
/** Keeps the binding in the browser, which tries again: any status below 500 would end it. */
export const LATER: DirectResponse = { status: 503, headers: [NO_STORE], body: '' };
