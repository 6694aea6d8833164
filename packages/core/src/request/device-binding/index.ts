export type { DeviceBinding } from '../../config/device-binder.ts';
export { type DeviceBindingOptions, deviceBinding } from './device-binding.ts';
