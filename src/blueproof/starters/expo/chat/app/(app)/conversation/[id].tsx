import { Stack, useLocalSearchParams, useRouter } from "expo-router";
import { StyleSheet } from "react-native";
import { KeyboardAvoidingView } from "react-native-keyboard-controller";
import { useSafeAreaInsets } from "react-native-safe-area-context";

import { Button } from "@/components/Button";
import { Composer } from "@/components/chat/Composer";
import { MessageList } from "@/components/chat/MessageList";
import { Filled } from "@/components/Filled";
import { Loading, Notice } from "@/components/Notice";
import { Scopes } from "@/components/Scopes";
import type { InConversation } from "@/lib/chat/parts";
import { useConversation } from "@/lib/data/chat";
import { aboveComposer, banners, conversationScopes, underHeader } from "@/lib/slots/chat";

export { ErrorBoundary } from "@/components/Crash";

export default function ConversationScreen() {
  const { id } = useLocalSearchParams<{ id: string }>();
  const conversation = useConversation(id);
  if (conversation === undefined) return <Loading />;
  if (conversation === null) {
    return (
      <Notice
        title="This conversation is not there"
        text="It may have ended, or you are no longer in it."
      />
    );
  }
  return <Open conversation={conversation} />;
}

function Open({ conversation }: InConversation) {
  const router = useRouter();
  const { bottom } = useSafeAreaInsets();
  const { id, title } = conversation;
  const details = () => router.push({ pathname: "/details/[id]", params: { id } });
  return (
    <Scopes of={conversationScopes} given={{ conversation }}>
      <Stack.Screen
        options={{
          title,
          headerRight: () => <Button kind="quiet" label="Details" onPress={details} />,
        }}
      />
      <KeyboardAvoidingView
        automaticOffset
        behavior="padding"
        // The composer's own space at the lower edge of the screen lies beneath the keyboard then.
        keyboardVerticalOffset={-bottom}
        style={styles.whole}
      >
        <Filled place={banners} given={{}} />
        <Filled place={underHeader} given={{ conversation }} />
        <MessageList conversation={conversation} />
        <Filled place={aboveComposer} given={{ conversation }} />
        <Composer conversation={conversation} />
      </KeyboardAvoidingView>
    </Scopes>
  );
}

const styles = StyleSheet.create({ whole: { flex: 1 } });
