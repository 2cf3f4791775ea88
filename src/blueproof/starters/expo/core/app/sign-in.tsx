import { StyleSheet, View } from "react-native";
import { useSafeAreaInsets } from "react-native-safe-area-context";

import { Filled } from "@/components/Filled";
import { Page } from "@/components/Page";
import { Words } from "@/components/Words";
import { app } from "@/lib/app";
import { signInWays } from "@/lib/slots/core";
import { space } from "@/lib/theme";

/** On a tablet a form as wide as the screen is hard to read. */
const WIDEST = 480;

export default function SignIn() {
  const { top } = useSafeAreaInsets();
  return (
    <Page>
      <View style={[styles.middle, { paddingTop: top + space.xxl }]}>
        <Words kind="heading">{app.title}</Words>
        <Filled place={signInWays} given={{}} />
      </View>
    </Page>
  );
}

const styles = StyleSheet.create({
  middle: {
    gap: space.l,
    padding: space.xl,
    width: "100%",
    maxWidth: WIDEST,
    alignSelf: "center",
  },
});
