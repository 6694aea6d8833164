import { cookies } from 'next/headers';

/** A server component that tries what only server actions and route handlers can do. */
export default async function Component() {
  const jar = await cookies();
  try {
    jar.set('__Host-session', 'token', { path: '/', secure: true });
    return <p>The cookie was set.</p>;
  } catch (error) {
    return <p>{String(error)}</p>;
  }
}
