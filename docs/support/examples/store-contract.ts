import type { StoreFactory } from '@coatcheck/store-contract';

export declare const createStore: StoreFactory['createStore'];
export declare const createNeighbour: StoreFactory['createNeighbour'];
export declare const createBrokenStore: Required<StoreFactory>['createBrokenStore'];
