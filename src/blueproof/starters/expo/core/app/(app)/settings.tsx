import { Stack } from "expo-router";
import { View } from "react-native";

import { Filled } from "@/components/Filled";
import { Page } from "@/components/Page";
import { Section } from "@/components/Section";
import { NameForm } from "@/components/settings/NameForm";
import { SignOut } from "@/components/settings/SignOut";
import { YourData } from "@/components/settings/YourData";
import { settingsRows } from "@/lib/slots/core";

export default function Settings() {
  return (
    <Page>
      <Stack.Screen options={{ title: "Settings" }} />
      <Section title="You">
        <NameForm />
      </Section>
      <View>
        <Filled place={settingsRows} given={{}} />
      </View>
      <Section title="Your data">
        <YourData />
      </Section>
      <SignOut />
    </Page>
  );
}
