/** A sign-in that resolved. */
export interface SignIn {
  readonly userId: string;
  /** When it first read the user's index: no earlier moment can be compared between two servers. */
  readonly beganAt: number;
  readonly sessionId: string;
}

/** A `revokeUser` that resolved. */
export interface Revocation {
  readonly userId: string;
  readonly calledAt: number;
  readonly except: string | undefined;
}

/** Records sign-ins and revocations, and finds sessions that a revocation missed. */
export class Revocations {
  readonly #signIns: SignIn[] = [];
  readonly #revocations: Revocation[] = [];
  /** The session that each successor replaced. */
  readonly #successors = new Map<string, string>();

  noteSignIn(signIn: SignIn): void {
    this.#signIns.push(signIn);
  }

  noteSuccessor(id: string, before: string): void {
    this.#successors.set(id, before);
  }

  /** Lists a session and those before it of which it is the successor. */
  lineOf(id: string): readonly string[] {
    const line: string[] = [];
    for (let at: string | undefined = id; at !== undefined; at = this.#successors.get(at)) line.push(at);
    return line;
  }

  noteRevoked(revocation: Revocation): void {
    this.#revocations.push(revocation);
  }

  /**
   * Tells whether a served session should have been revoked. A successor counts by the sign-ins of the sessions before it; its user may have signed in
   * again in any of them, after the revocation.
   */
  missed(id: string, userId: string): boolean {
    const line = this.lineOf(id);
    const signIns = this.#signIns.filter((each) => line.includes(each.sessionId) && each.userId === userId);
    const beganAt = Math.max(0, ...signIns.map((each) => each.beganAt));
    return this.#revocations.some(({ userId: revoked, calledAt, except }) => {
      const isExcepted = except !== undefined && line.includes(except);
      return revoked === userId && !isExcepted && beganAt < calledAt;
    });
  }
}
