/** The data of a session: the marks of its updates. */
export interface ShopData {
  marks: string[];
}
