import {
  bearer,
  cookie,
  createSessions,
  form,
  header,
  query,
  type SessionEvent,
  type SessionStore,
  type Sessions,
  type SessionsOptions,
} from '@coatcheck/core';
import { deviceBinding } from '@coatcheck/core/device-binding';
import { dpop } from '@coatcheck/core/dpop';

/** The session data of the contract. */
export interface ContractData {
  /** How often the session was written. */
  count: number;
}

/** Names an app of the contract; `contractApp` creates it. */
export type ScenarioName =
  | 'plain'
  | 'lazy'
  | 'passive'
  | 'two'
  | 'twice'
  | 'clash'
  | 'tokens'
  | 'proxy'
  | 'open'
  | 'bound'
  | 'proven';

/** A session manager and its options for the adapter's `session()`. */
export interface ContractMount {
  /** The session manager. */
  readonly sessions: Sessions<ContractData>;
  /** The options to pass on. */
  readonly options: {
    readonly lazy?: boolean;
    readonly passive?: boolean;
    readonly as?: string;
    readonly serveCrossSite?: boolean;
  };
}

/** The dependencies of a scenario's session managers. */
export interface Dependencies {
  readonly store: SessionStore;
  readonly now: () => number;
  readonly onEvent: (event: SessionEvent) => void;
}

/** Creates the session managers of a scenario. */
export function mountsOf(scenario: ScenarioName, dependencies: Dependencies): readonly ContractMount[] {
  const make = (options: Partial<SessionsOptions<ContractData>> = {}) =>
    createSessions<ContractData>({ ...dependencies, ...options, initial: () => ({ count: 0 }) });
  switch (scenario) {
    case 'plain':
    case 'proxy':
      return [{ sessions: make(), options: {} }];
    case 'lazy':
      return [{ sessions: make(), options: { lazy: true } }];
    case 'passive':
      return [{ sessions: make(), options: { passive: true } }];
    case 'open':
      return [{ sessions: make(), options: { serveCrossSite: true } }];
    case 'bound':
      return [{ sessions: make({ deviceBinding: deviceBinding() }), options: {} }];
    case 'proven':
      return [{ sessions: make({ transports: [dpop()] }), options: {} }];
    case 'two':
      return [
        { sessions: make(), options: {} },
        { sessions: make({ transports: [cookie({ name: 'staff' })] }), options: { as: 'staff' } },
      ];
    case 'twice': {
      const mount = { sessions: make(), options: {} };
      return [mount, mount];
    }
    case 'clash':
      return [
        { sessions: make(), options: {} },
        { sessions: make({ transports: [cookie({ name: 'staff' })] }), options: {} },
      ];
    case 'tokens':
      return [
        {
          sessions: make({ transports: [bearer(), header('x-session'), query('session'), form('session')] }),
          options: {},
        },
      ];
  }
}
