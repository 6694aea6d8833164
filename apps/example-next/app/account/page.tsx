import Link from 'next/link';
import { listOrders } from '../../lib/orders';
import { readSession } from '../../lib/session';
import { sessions } from '../../lib/sessions';
import { findUser } from '../../lib/users';
import { endSession, signIn, signOut } from '../actions';

interface Props {
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function Account({ searchParams }: Props) {
  const { id, userId } = await readSession();
  if (userId === undefined) return <SignIn isWrong={(await searchParams)['wrong'] !== undefined} />;
  return (
    <>
      <h1>{findUser(userId)?.name}</h1>
      <form action={signOut}>
        <button type="submit">Sign out</button>
      </form>
      <h2>Where you are signed in</h2>
      <Devices userId={userId} current={id} />
      <h2>Your orders</h2>
      <ul>
        {listOrders(userId).map((order) => (
          <li key={order.id}>
            <Link href={`/orders/${order.id}`}>{order.id}</Link>
          </li>
        ))}
      </ul>
    </>
  );
}

async function Devices({
  userId,
  current,
}: {
  readonly userId: string;
  readonly current: string | undefined;
}) {
  return (
    <ul>
      {(await sessions.list(userId)).map(({ id, client, signedInAt }) => {
        const name = `${client.browser ?? 'unknown browser'} on ${client.platform ?? 'unknown system'}`;
        return (
          <li key={id}>
            {name}, since {signedInAt.toISOString()} {id === current && '(this browser)'}
            {id !== current && (
              <form action={endSession}>
                <input type="hidden" name="id" value={id} />
                <button type="submit">Sign out {name}</button>
              </form>
            )}
          </li>
        );
      })}
    </ul>
  );
}

function SignIn({ isWrong }: { readonly isWrong: boolean }) {
  return (
    <>
      <h1>Sign in</h1>
      {isWrong && <p role="alert">Wrong name or password</p>}
      <form action={signIn}>
        <label>
          Name <input name="name" autoComplete="username" required />
        </label>
        <label>
          Password <input name="password" type="password" autoComplete="current-password" required />
        </label>
        <button type="submit">Sign in</button>
      </form>
      <p>Try maren with larch-and-lichen, or joss with rain-on-slate.</p>
    </>
  );
}
