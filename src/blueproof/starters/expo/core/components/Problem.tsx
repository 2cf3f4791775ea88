import { StyleSheet } from "react-native";

import { Words } from "@/components/Words";
import { space } from "@/lib/theme";

/** What went wrong, in words; nothing if nothing did. `inset` where no form around it has space. */
export function Problem({ says, inset = false }: { says: string | null; inset?: boolean }) {
  if (!says) return null;
  return (
    <Words kind="problem" style={inset && styles.inset}>
      {says}
    </Words>
  );
}

const styles = StyleSheet.create({
  inset: { paddingHorizontal: space.l, paddingVertical: space.s },
});
