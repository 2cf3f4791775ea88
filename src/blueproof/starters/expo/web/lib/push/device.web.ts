import type { Permission, PushPlatform } from "@/lib/push/device";

/** Expo's push service reaches phones only: in a browser nothing is offered. */
export const readPermission = async (): Promise<Permission> => "denied";
export const askPermission = readPermission;
export type { Device } from "@/lib/push/device";
export const onNewToken = () => () => undefined;
export const showIf = () => undefined;
export const useTapped = () => null;
export const forgetTap = () => undefined;
export const setBadge = async () => undefined;
export const stop = async () => undefined;

export async function readToken(): Promise<{ token: string; platform: PushPlatform }> {
  throw new Error("A browser has no push token.");
}
