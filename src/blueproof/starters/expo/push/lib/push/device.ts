import Constants from "expo-constants";
import * as Notifications from "expo-notifications";
import { Platform } from "react-native";

export type Permission = "granted" | "denied" | "unasked";
export type PushPlatform = "ios" | "android";

const CHANNEL = "messages";

export async function readPermission(): Promise<Permission> {
  return named(await Notifications.getPermissionsAsync());
}

/** Shows the question of the system: iOS asks once in the life of an installation. */
export async function askPermission(): Promise<Permission> {
  await makeChannel();
  return named(await Notifications.requestPermissionsAsync());
}

/** The address of this device at Apple or Google. */
export type Device = Notifications.DevicePushToken;

/** The address of this device at Expo's push service; by that at Apple or Google, if it is known. */
export async function readToken(
  devicePushToken?: Device,
): Promise<{ token: string; platform: PushPlatform }> {
  await makeChannel();
  const projectId: unknown = Constants.expoConfig?.extra?.eas?.projectId;
  if (typeof projectId !== "string") throw new Error("app.json has no EAS project: run eas init.");
  const { data } = await Notifications.getExpoPushTokenAsync({ projectId, devicePushToken });
  return { token: data, platform: Platform.OS === "ios" ? "ios" : "android" };
}

/**
 * Hears when Apple or Google give the device another address; returns how to stop.
 *
 * To ask the device for its address makes it tell all listeners: who hears hands on what they heard.
 */
export function onNewToken(listener: (device: Device) => void): () => void {
  const subscription = Notifications.addPushTokenListener(listener);
  return () => subscription.remove();
}

/** While the app is in front, `wanted` decides by its conversation whether one is shown. */
export function showIf(wanted: (conversationId: string | null) => boolean): void {
  Notifications.setNotificationHandler({
    handleNotification: async ({ request }) => {
      const shown = wanted(conversationOf(request.content.data));
      return {
        shouldShowBanner: shown,
        shouldShowList: shown,
        shouldPlaySound: shown,
        shouldSetBadge: false,
      };
    },
  });
}

/** The conversation of the notification that was tapped, also if the tap started the app. */
export function useTapped(): string | null {
  const response = Notifications.useLastNotificationResponse();
  return conversationOf(response?.notification.request.content.data);
}

export const forgetTap = () => Notifications.clearLastNotificationResponse();

export async function setBadge(count: number): Promise<void> {
  await Notifications.setBadgeCountAsync(count);
}

/** The device takes no more notifications for this app until it is registered again. */
export async function stop(): Promise<void> {
  await Notifications.unregisterForNotificationsAsync();
  await Notifications.dismissAllNotificationsAsync();
  await setBadge(0);
}

function named({
  granted,
  canAskAgain,
  ios,
}: Notifications.NotificationPermissionsStatus): Permission {
  if (granted || ios?.status === Notifications.IosAuthorizationStatus.PROVISIONAL) return "granted";
  return canAskAgain ? "unasked" : "denied";
}

/** Android shows nothing without a channel, and asks for the permission only once there is one. */
async function makeChannel(): Promise<void> {
  if (Platform.OS !== "android") return;
  await Notifications.setNotificationChannelAsync(CHANNEL, {
    name: "Messages",
    importance: Notifications.AndroidImportance.HIGH,
  });
}

function conversationOf(data: Record<string, unknown> | undefined): string | null {
  const id = data?.conversationId;
  return typeof id === "string" ? id : null;
}
