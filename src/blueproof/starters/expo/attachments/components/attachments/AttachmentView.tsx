import { Image } from "expo-image";
import { Linking, Pressable, StyleSheet } from "react-native";

import { useAttachment } from "@/components/attachments/AttachmentsScope";
import { Problem } from "@/components/Problem";
import { Row } from "@/components/Row";
import { useAction } from "@/lib/action";
import { isImage, size } from "@/lib/attachments/limits";
import type { OnMessage } from "@/lib/chat/parts";
import { radius } from "@/lib/theme";

const SIDE = 220;

export function AttachmentView({ message }: OnMessage) {
  const attachment = useAttachment(message.id);
  const { run, problem } = useAction("open attachment", (url: string) => Linking.openURL(url));
  if (!attachment) return null;
  const { url, type, name, bytes } = attachment;
  const open = () => void run(url);
  return (
    <>
      {isImage(type) ? (
        <Pressable
          accessibilityRole="imagebutton"
          accessibilityLabel={`Photo from ${message.author.name}`}
          onPress={open}
        >
          <Image
            source={{ uri: url }}
            contentFit="cover"
            recyclingKey={message.id}
            style={styles.photo}
          />
        </Pressable>
      ) : (
        <Row title={name} note={size(bytes)} onPress={open} />
      )}
      <Problem says={problem} />
    </>
  );
}

const styles = StyleSheet.create({ photo: { width: SIDE, height: SIDE, borderRadius: radius.m } });
