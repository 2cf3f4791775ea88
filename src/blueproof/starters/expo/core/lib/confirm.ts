import { Alert } from "react-native";

export type Question = { title: string; text: string; yes: string };

/** Asks before something that cannot be taken back; resolves to whether the person agreed. */
export function confirm({ title, text, yes }: Question): Promise<boolean> {
  return new Promise((resolve) => {
    Alert.alert(
      title,
      text,
      [
        { text: "Cancel", style: "cancel", onPress: () => resolve(false) },
        { text: yes, style: "destructive", onPress: () => resolve(true) },
      ],
      { cancelable: true, onDismiss: () => resolve(false) },
    );
  });
}
