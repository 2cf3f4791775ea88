import { Stack } from "expo-router";
import { FlatList } from "react-native";
import { useSafeAreaInsets } from "react-native-safe-area-context";

import { Loading, Notice } from "@/components/Notice";
import { ReportedMessage } from "@/components/roles/ReportedMessage";
import { useReports } from "@/lib/data/roles";

export { ErrorBoundary } from "@/components/Crash";

export default function Moderation() {
  return (
    <>
      <Stack.Screen options={{ title: "Reported messages" }} />
      <Reports />
    </>
  );
}

function Reports() {
  const { bottom } = useSafeAreaInsets();
  const { items, loading, more, loadMore } = useReports();
  if (loading && items.length === 0) return <Loading />;
  if (items.length === 0)
    return <Notice title="Nothing to look at" text="Every report was decided." />;
  return (
    <FlatList
      data={items}
      keyExtractor={(report) => report.id}
      renderItem={({ item }) => <ReportedMessage report={item} />}
      contentContainerStyle={{ paddingBottom: bottom }}
      onEndReached={more && !loading ? loadMore : undefined}
    />
  );
}
