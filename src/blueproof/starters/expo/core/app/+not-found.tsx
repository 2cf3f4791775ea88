import { Stack, useRouter } from "expo-router";

import { Notice } from "@/components/Notice";

export default function NotFound() {
  const router = useRouter();
  return (
    <>
      <Stack.Screen options={{ title: "Not found" }} />
      <Notice
        title="There is nothing here"
        text="The link may be old, or not for you."
        action={{ label: "To the start", onPress: () => router.replace("/") }}
      />
    </>
  );
}
