import { notFound, redirect } from 'next/navigation';
import { linesOf } from '../../../lib/coats';
import { findOrder } from '../../../lib/orders';
import { readSession } from '../../../lib/session';

interface Props {
  readonly params: Promise<{ readonly id: string }>;
}

export default async function Order({ params }: Props) {
  const { userId } = await readSession();
  if (userId === undefined) redirect('/account');
  const order = findOrder((await params).id, userId);
  if (order === undefined) notFound();
  return (
    <>
      <h1>Thank you</h1>
      <p>Order {order.id}</p>
      <ul>
        {linesOf(order.skus).map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </>
  );
}
