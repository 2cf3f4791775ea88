import { useState } from "react";
import { StyleSheet, View } from "react-native";

import { Button } from "@/components/Button";
import { Field } from "@/components/Field";
import { Problem } from "@/components/Problem";
import { Words } from "@/components/Words";
import { useAction } from "@/lib/action";
import { useEmail } from "@/lib/data/email";
import { problemOf, type Mode } from "@/lib/email/check";
import { space } from "@/lib/theme";

const TITLES: Record<Mode, string> = {
  in: "Sign in",
  up: "Create an account",
  reset: "Send a link to reset the password",
};

export function EmailSignIn() {
  const email = useEmail();
  const [mode, setMode] = useState<Mode>("in");
  const [form, setForm] = useState({ name: "", email: "", password: "" });
  const [notice, setNotice] = useState<string | null>(null);
  const set = (name: keyof typeof form) => (value: string) => setForm({ ...form, [name]: value });
  const [missing, setMissing] = useState<string | null>(null);
  const send = useAction("email sign-in", async () => {
    const address = form.email.trim();
    if (mode === "in") await email.signIn(address, form.password);
    else if (mode === "up") await email.signUp(address, form.password, form.name.trim());
    else {
      await email.reset(address);
      setNotice("If there is an account with this address, a message is on its way to it.");
    }
  });
  const submit = () => {
    const found = problemOf(mode, form);
    setMissing(found);
    if (!found) void send.run();
  };
  const turn = (next: Mode) => {
    setNotice(null);
    setMissing(null);
    send.forget();
    setMode(next);
  };
  const problem = missing ?? send.problem;

  return (
    <View style={styles.form}>
      {mode === "up" ? (
        <Field
          label="Name"
          value={form.name}
          onChangeText={set("name")}
          autoComplete="name"
          textContentType="name"
        />
      ) : null}
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
      {mode === "reset" ? null : (
        <Field
          label="Password"
          value={form.password}
          onChangeText={set("password")}
          autoCapitalize="none"
          autoComplete={mode === "up" ? "new-password" : "current-password"}
          secureTextEntry
          returnKeyType="go"
          onSubmitEditing={submit}
          textContentType={mode === "up" ? "newPassword" : "password"}
        />
      )}
      <Problem says={problem} />
      {notice ? <Words accessibilityLiveRegion="polite">{notice}</Words> : null}
      <Button label={TITLES[mode]} busy={send.busy} onPress={submit} />
      <Turns mode={mode} turn={turn} />
    </View>
  );
}

function Turns({ mode, turn }: { mode: Mode; turn: (mode: Mode) => void }) {
  if (mode !== "in") {
    return <Button kind="quiet" label="Back to sign in" onPress={() => turn("in")} />;
  }
  return (
    <>
      <Button kind="quiet" label="Create an account" onPress={() => turn("up")} />
      <Button kind="quiet" label="Forgot the password?" onPress={() => turn("reset")} />
    </>
  );
}

const styles = StyleSheet.create({ form: { gap: space.m } });
