export type { ClientChange, ClientCheck, ClientDecision, OnClientChange } from './client-check.ts';
export { type IpAddressOptions, ipAddress } from './ip-address.ts';
export { userAgent } from './user-agent.ts';
