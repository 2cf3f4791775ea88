import { Stack, useRouter } from "expo-router";
import { ActivityIndicator, FlatList } from "react-native";
import { useSafeAreaInsets } from "react-native-safe-area-context";

import { Button } from "@/components/Button";
import { InboxRow } from "@/components/chat/InboxRow";
import { Filled } from "@/components/Filled";
import { Loading, Notice } from "@/components/Notice";
import { Scopes } from "@/components/Scopes";
import { useEnough } from "@/lib/chat/enough";
import { useInbox } from "@/lib/data/chat";
import { banners, inboxScopes } from "@/lib/slots/chat";

export { ErrorBoundary } from "@/components/Crash";

export default function Inbox() {
  const router = useRouter();
  return (
    <>
      <Stack.Screen
        options={{
          title: "Chats",
          headerLeft: () => (
            <Button kind="quiet" label="Settings" onPress={() => router.push("/settings")} />
          ),
          headerRight: () => (
            <Button kind="quiet" label="New" onPress={() => router.push("/new")} />
          ),
        }}
      />
      <Filled place={banners} given={{}} />
      <Conversations />
    </>
  );
}

function Conversations() {
  const router = useRouter();
  const { bottom } = useSafeAreaInsets();
  const { items, loading, more, loadMore } = useEnough(useInbox());
  if (loading && items.length === 0) return <Loading />;
  if (items.length === 0) {
    return (
      <Notice
        title="No conversations yet"
        text="Find somebody by their email address and write to them."
        action={{ label: "New conversation", onPress: () => router.push("/new") }}
      />
    );
  }
  return (
    <Scopes of={inboxScopes} given={{ conversations: items }}>
      <FlatList
        data={items}
        keyExtractor={(conversation) => conversation.id}
        renderItem={({ item }) => <InboxRow conversation={item} />}
        contentContainerStyle={{ paddingBottom: bottom }}
        onEndReached={more && !loading ? loadMore : undefined}
        ListFooterComponent={
          loading ? <ActivityIndicator accessibilityLabel="Loading more" /> : null
        }
      />
    </Scopes>
  );
}
