import type { DevicePushToken } from "expo-notifications";
import { beforeEach, expect, test, vi } from "vitest";

import { onNewToken, readToken } from "@/lib/push/device";

const device: DevicePushToken = { type: "ios", data: "apple-1" };
let listeners: ((device: DevicePushToken) => void)[];
let asked: number;

vi.mock("react-native", () => ({ Platform: { OS: "ios" } }));
vi.mock("expo-constants", () => ({
  default: { expoConfig: { extra: { eas: { projectId: "project" } } } },
}));
// As the package does: to ask the device for its address tells every listener.
vi.mock("expo-notifications", () => ({
  addPushTokenListener: (listener: (device: DevicePushToken) => void) => {
    listeners.push(listener);
    return { remove: () => (listeners = listeners.filter((each) => each !== listener)) };
  },
  getExpoPushTokenAsync: async (given: { devicePushToken?: DevicePushToken }) => {
    if (!given.devicePushToken) {
      asked += 1;
      if (asked < 10) listeners.forEach((listener) => listener(device));
    }
    return { data: `ExponentPushToken[${(given.devicePushToken ?? device).data}]` };
  },
}));

beforeEach(() => {
  listeners = [];
  asked = 0;
});

test("who hears of another address reads the token by it, without asking the device again", async () => {
  const read: Promise<unknown>[] = [];
  const stop = onNewToken((heard) => read.push(readToken(heard)));
  expect(await readToken()).toEqual({ token: "ExponentPushToken[apple-1]", platform: "ios" });
  await Promise.all(read);
  expect(read).toHaveLength(1);
  expect(asked).toBe(1);
  stop();
  expect(listeners).toEqual([]);
});
