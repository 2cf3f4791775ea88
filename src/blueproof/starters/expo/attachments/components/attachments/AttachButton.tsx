import { useState } from "react";
import { Pressable, StyleSheet, Text } from "react-native";

import { AttachSheet } from "@/components/attachments/AttachSheet";
import type { InConversation } from "@/lib/chat/parts";
import { font, touch, useStyles, type Theme } from "@/lib/theme";

export function AttachButton({ conversation }: InConversation) {
  const styles = useStyles(makeStyles);
  const [open, setOpen] = useState(false);
  return (
    <>
      <Pressable
        accessibilityRole="button"
        accessibilityLabel="Attach a photo or a file"
        onPress={() => setOpen(true)}
        style={styles.button}
      >
        <Text style={styles.plus}>+</Text>
      </Pressable>
      {open ? <AttachSheet conversation={conversation} close={() => setOpen(false)} /> : null}
    </>
  );
}

const makeStyles = ({ color }: Theme) =>
  StyleSheet.create({
    button: { minWidth: touch, minHeight: touch, alignItems: "center", justifyContent: "center" },
    plus: { color: color.accent, fontSize: font.heading },
  });
