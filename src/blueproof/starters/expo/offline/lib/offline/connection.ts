import { useNetworkState } from "expo-network";

/** False only if the device knows that there is no connection. */
export function useConnected(): boolean {
  const { isConnected, isInternetReachable } = useNetworkState();
  return isConnected !== false && isInternetReachable !== false;
}
