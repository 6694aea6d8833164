import { linesOf } from '../../lib/coats';
import { readSession } from '../../lib/session';
import { order } from '../actions';

interface Props {
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function Cart({ searchParams }: Props) {
  const { id, data } = await readSession();
  const { empty } = await searchParams;
  return (
    <>
      <h1>Your cart</h1>
      {empty !== undefined && <p role="alert">Your cart is empty, so no order was placed.</p>}
      <ul>
        {linesOf(data.cart).map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      <form action={order}>
        <input type="hidden" name="cart" value={id ?? ''} />
        <button type="submit">Place the order</button>
      </form>
    </>
  );
}
