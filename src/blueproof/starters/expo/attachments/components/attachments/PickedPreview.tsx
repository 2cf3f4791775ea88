import { Image } from "expo-image";
import { StyleSheet } from "react-native";

import { Words } from "@/components/Words";
import { isImage, size, type Picked } from "@/lib/attachments/limits";
import { radius } from "@/lib/theme";

const HEIGHT = 240;

export function PickedPreview({ file: { uri, type, name, bytes } }: { file: Picked }) {
  return (
    <>
      {isImage(type) ? (
        <Image
          source={{ uri }}
          contentFit="contain"
          accessibilityLabel="The chosen photo"
          style={styles.photo}
        />
      ) : null}
      <Words>{name}</Words>
      <Words kind="note">{size(bytes)}</Words>
    </>
  );
}

const styles = StyleSheet.create({ photo: { height: HEIGHT, borderRadius: radius.s } });
