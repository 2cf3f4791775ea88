import { Stack, useRouter } from "expo-router";
import { useState } from "react";

import { Button } from "@/components/Button";
import { Field } from "@/components/Field";
import { Form, Page } from "@/components/Page";
import { Problem } from "@/components/Problem";
import { useAction } from "@/lib/action";
import { useUpgrade } from "@/lib/data/anonymous";

/** Gives an account that was tried out an address and a password; the conversations stay. */
export default function Upgrade() {
  const router = useRouter();
  const upgrade = useUpgrade();
  const [form, setForm] = useState({ name: "", email: "", password: "" });
  const set = (name: keyof typeof form) => (value: string) => setForm({ ...form, [name]: value });
  const whole = form.name.trim() && form.email.includes("@") && form.password;
  const { run, busy, problem } = useAction("upgrade", async () => {
    await upgrade(form.email.trim(), form.password, form.name.trim());
    router.back();
  });
  return (
    <Page>
      <Stack.Screen options={{ title: "Keep this account" }} />
      <Form>
        <Field
          label="Name"
          value={form.name}
          onChangeText={set("name")}
          autoComplete="name"
          textContentType="name"
        />
        <Field
          label="Email"
          value={form.email}
          onChangeText={set("email")}
          autoCapitalize="none"
          autoComplete="email"
          autoCorrect={false}
          inputMode="email"
          textContentType="username"
        />
        <Field
          label="Password"
          value={form.password}
          onChangeText={set("password")}
          autoCapitalize="none"
          autoComplete="new-password"
          secureTextEntry
          textContentType="newPassword"
        />
        <Problem says={problem} />
        <Button label="Keep it" busy={busy} disabled={!whole} onPress={() => void run()} />
      </Form>
    </Page>
  );
}
