import type { ErrorBoundaryProps } from "expo-router";
import { useEffect } from "react";

import { Notice } from "@/components/Notice";
import { report } from "@/lib/monitoring";

/** What a screen shows when it cannot be drawn. */
export function ErrorBoundary({ error, retry }: ErrorBoundaryProps) {
  useEffect(() => report(error, "screen"), [error]);
  return (
    <Notice
      title="Something went wrong"
      text="The error was noted. You can try again."
      action={{ label: "Try again", onPress: () => void retry() }}
    />
  );
}
