export type { DeviceBinding } from '../device-binder.ts';
export { type DeviceBindingOptions, deviceBinding } from './device-binding.ts';
