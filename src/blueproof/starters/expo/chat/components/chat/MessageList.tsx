import { useMemo, useState } from "react";
import { ActivityIndicator, FlatList, StyleSheet } from "react-native";

import { DayLine } from "@/components/chat/DayLine";
import { MarkRead } from "@/components/chat/MarkRead";
import { MessageMenu } from "@/components/chat/MessageMenu";
import { MessageRow } from "@/components/chat/MessageRow";
import { Loading, Notice } from "@/components/Notice";
import { lines, type Line } from "@/lib/chat/days";
import { merge } from "@/lib/chat/drafts";
import { useEnough } from "@/lib/chat/enough";
import { useOutbox } from "@/lib/chat/outbox";
import type { InConversation, OnMessage } from "@/lib/chat/parts";
import { useMessages } from "@/lib/data/chat";
import { useMe } from "@/lib/me";
import { space } from "@/lib/theme";

export function MessageList({ conversation }: InConversation) {
  const me = useMe();
  const { items, loading, more, loadMore } = useEnough(useMessages(conversation.id));
  const { drafts } = useOutbox();
  const [menu, openMenu] = useState<OnMessage | null>(null);
  const messages = useMemo(() => {
    const own = drafts.filter((draft) => draft.conversationId === conversation.id);
    return merge(items, own, me);
  }, [items, drafts, conversation.id, me]);
  const shown = useMemo(() => lines(messages, Date.now()), [messages]);
  const latestOwn = items.find((message) => message.author.id === me.id)?.clientId;

  if (loading && items.length === 0) return <Loading />;
  if (shown.length === 0) return <Nothing more={more} loadMore={loadMore} />;

  const renderLine = ({ item }: { item: Line }) =>
    item.kind === "day" ? (
      <DayLine at={item.at} />
    ) : (
      <MessageRow
        conversation={conversation}
        message={item.message}
        first={item.first}
        mine={item.message.author.id === me.id}
        latestOwn={item.message.clientId === latestOwn}
        openMenu={openMenu}
      />
    );
  return (
    <>
      <MarkRead conversation={conversation} newest={items[0]} />
      <FlatList
        inverted
        data={shown}
        keyExtractor={(line) => line.key}
        renderItem={renderLine}
        contentContainerStyle={styles.list}
        keyboardDismissMode="interactive"
        keyboardShouldPersistTaps="handled"
        onEndReached={more && !loading ? loadMore : undefined}
        ListFooterComponent={
          loading ? <ActivityIndicator accessibilityLabel="Loading older messages" /> : null
        }
      />
      {menu ? <MessageMenu on={menu} close={() => openMenu(null)} /> : null}
    </>
  );
}

/** Nothing that was loaded is shown: there is nothing, or what comes before could not be read. */
function Nothing({ more, loadMore }: { more: boolean; loadMore: () => void }) {
  if (!more) return <Notice title="No messages yet" text="Write the first one." />;
  const action = { label: "Load older messages", onPress: loadMore };
  return <Notice title="Nothing new to show" action={action} />;
}

const styles = StyleSheet.create({ list: { paddingVertical: space.s } });
