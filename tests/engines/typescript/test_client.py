"""The types of an Expo client: they are there, and none of them is "any" in secret."""

from pathlib import Path

import pytest

from blueproof.engines.typescript.compiling import complaints
from npm import tree
from typescript_samples import altered

SETTINGS = """{
  "extends": "expo/tsconfig.base",
  "compilerOptions": {"strict": true, "noUncheckedIndexedAccess": true}
}
"""
SCREEN = """import { useQuery } from "convex/react";
import { useRouter } from "expo-router";
import * as Notifications from "expo-notifications";
import * as SecureStore from "expo-secure-store";
import { type ReactElement, useState } from "react";
import { FlatList, Pressable, Text } from "react-native";

export async function prepare(): Promise<string | null> {
  await Notifications.setNotificationChannelAsync("messages", {
    name: "Messages",
    importance: Notifications.AndroidImportance.HIGH,
  });
  return SecureStore.getItemAsync("session");
}

export function Inbox({ titles }: { titles: string[] }): ReactElement {
  const router = useRouter();
  const [open, setOpen] = useState<number | null>(null);
  return (
    <FlatList
      data={titles}
      extraData={open}
      renderItem={({ item, index }) => (
        <Pressable onPress={() => (setOpen(index), router.push("/"))}>
          <Text numberOfLines={1}>{item.trim()}</Text>
        </Pressable>
      )}
    />
  );
}

export const query = useQuery;
"""
NAMED = {
    "convex/react": ("useQuery", "usePaginatedQuery", "ConvexReactClient"),
    "@convex-dev/auth/react": ("useAuthActions", "ConvexAuthProvider"),
    "firebase/auth": ("signInWithCredential", "onAuthStateChanged"),
    "firebase/firestore": ("onSnapshot", "runTransaction", "query"),
    "firebase/functions": ("httpsCallable",),
    "firebase/storage": ("uploadBytesResumable",),
    "expo-router": ("useRouter", "Stack", "Redirect"),
    "expo-constants": ("default",),
    "expo-notifications": ("getExpoPushTokenAsync", "addNotificationResponseReceivedListener"),
    "expo-secure-store": ("setItemAsync",),
    "expo-apple-authentication": ("signInAsync", "AppleAuthenticationButton"),
    "expo-crypto": ("digestStringAsync", "randomUUID"),
    "expo-image-picker": ("launchImageLibraryAsync",),
    "expo-document-picker": ("getDocumentAsync",),
    "expo-file-system": ("File", "Paths"),
    "expo-web-browser": ("openAuthSessionAsync",),
    "react": ("useState", "useEffect", "createContext"),
    "react-native": ("FlatList", "TextInput", "AppState", "Platform"),
    "vitest": ("expect", "test", "vi"),
}


@pytest.fixture(scope="module")
def packages() -> Path:
    return tree("client")


def test_a_sound_screen_has_no_complaint(packages: Path) -> None:
    assert complaints({"tsconfig.json": SETTINGS, "app/index.tsx": SCREEN}, packages) == ()


FAULTS = (
    ("AndroidImportance.HIGH", "AndroidImportance.HUGE", "TS2339"),
    ("numberOfLines={1}", 'numberOfLines="one"', "TS2769"),
    ("setOpen(index)", 'setOpen("first")', "TS2345"),
    ("item.trim()", "item.size", "TS2339"),
    ('getItemAsync("session")', "getItemAsync(7)", "TS2345"),
    ('from "convex/react"', 'from "convex/act"', "TS2307"),
)


def test_each_fault_in_a_screen_is_found_at_its_place(packages: Path) -> None:
    files = {"tsconfig.json": SETTINGS, "app/index.tsx": SCREEN}
    for find, put, _ in FAULTS:
        files = altered(files, "app/index.tsx", find, put)
    found = complaints(files, packages)
    lines = files["app/index.tsx"].splitlines()
    for _, put, code in FAULTS:
        line = next(number for number, text in enumerate(lines, 1) if put in text)
        assert (line, code) in {(each.line, each.code) for each in found}, (put, found)


def test_what_starters_call_has_types(packages: Path) -> None:
    lines = ["type Typed<T> = 0 extends 1 & T ? never : true;"]
    for number, (module, names) in enumerate(NAMED.items()):
        lines.append(f'import * as m{number} from "{module}";')
        lines += [f"true satisfies Typed<typeof m{number}.{name}>;" for name in names]
    files = {"tsconfig.json": SETTINGS, "typed.ts": "\n".join(lines)}
    assert complaints(files, packages) == ()
    lines.append("declare const anything: any;\ntrue satisfies Typed<typeof anything>;")
    (complaint,) = complaints({**files, "typed.ts": "\n".join(lines)}, packages)
    assert complaint.code == "TS1360"
