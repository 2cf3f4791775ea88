import { useEffect, useState } from "react";
import { AppState } from "react-native";

/** Whether the app is in front. */
export function useActive(): boolean {
  const [active, setActive] = useState(AppState.currentState !== "background");
  useEffect(() => {
    const listener = AppState.addEventListener("change", (state) => setActive(state === "active"));
    return () => listener.remove();
  }, []);
  return active;
}
