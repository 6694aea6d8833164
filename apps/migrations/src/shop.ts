/** The parts of the shop that know nothing of sessions. */
export const shop = {
  /** Yours: asks the warehouse, which may take a while. */
  async hasInStock(_sku: string): Promise<boolean> {
    return true;
  },
  /** Yours: compares the password with the hash that belongs to the name. */
  async isPassword(name: string, password: string): Promise<boolean> {
    return name !== '' && password === 'secret';
  },
};
