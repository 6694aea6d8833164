import { COATS } from '../lib/coats';
import { add } from './actions';

export default function Coats() {
  return (
    <>
      <h1>Coats</h1>
      {Object.entries(COATS).map(([sku, name]) => (
        <form key={sku} action={add}>
          <input type="hidden" name="sku" value={sku} />
          <button type="submit">Add {name}</button>
        </form>
      ))}
    </>
  );
}
