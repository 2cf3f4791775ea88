import { assertFails, assertSucceeds } from "@firebase/rules-unit-testing";
import {
  collection,
  deleteDoc,
  doc,
  getDoc,
  getDocs,
  limit,
  query,
  setDoc,
  where,
} from "firebase/firestore";
import { beforeEach, it } from "vitest";

import { ago, as, nobody, seeded } from "./support";

beforeEach(() =>
  seeded({
    "users/alice": { name: "Alice", photo: null },
    "users/bob": { name: "Bob", photo: null },
    "erasures/mallory": { asked: ago(60) },
    "budgets/alice/uses/find": { used: 1 },
  }),
);

it("a person reads a profile", async () => {
  await assertSucceeds(getDoc(doc(as("alice"), "users/bob")));
});

it("nobody reads no profile", async () => {
  await assertFails(getDoc(doc(nobody(), "users/bob")));
});

it("nobody enumerates people", async () => {
  await assertFails(getDocs(query(collection(as("alice"), "users"), limit(10))));
});

it("nobody searches people by name", async () => {
  await assertFails(
    getDocs(query(collection(as("alice"), "users"), where("name", "==", "Bob"), limit(1))),
  );
});

it("a new person makes a profile", async () => {
  await assertSucceeds(setDoc(doc(as("carol"), "users/carol"), { name: "Carol", photo: null }));
});

it("with a picture", async () => {
  await assertSucceeds(
    setDoc(doc(as("carol"), "users/carol"), { name: "Carol", photo: "https://example.com/c.png" }),
  );
});

it("not with a picture from elsewhere than the web", async () => {
  await assertFails(
    setDoc(doc(as("carol"), "users/carol"), { name: "Carol", photo: "javascript:alert(1)" }),
  );
});

it("not without a name", async () => {
  await assertFails(setDoc(doc(as("carol"), "users/carol"), { name: "", photo: null }));
});

it("not with a name that is no text", async () => {
  await assertFails(setDoc(doc(as("carol"), "users/carol"), { name: 5, photo: null }));
});

it("not with a long name", async () => {
  await assertFails(
    setDoc(doc(as("carol"), "users/carol"), {
      name: "0123456789012345678901234567890123456789012345678901234567890",
      photo: null,
    }),
  );
});

it("not with a role of one's own choice", async () => {
  await assertFails(
    setDoc(doc(as("carol"), "users/carol"), { name: "Carol", photo: null, role: "admin" }),
  );
});

it("not for somebody else", async () => {
  await assertFails(setDoc(doc(as("carol"), "users/dave"), { name: "Dave", photo: null }));
});

it("a person renames themselves", async () => {
  await assertSucceeds(setDoc(doc(as("alice"), "users/alice"), { name: "Alicia", photo: null }));
});

it("nobody renames another", async () => {
  await assertFails(setDoc(doc(as("alice"), "users/bob"), { name: "Fool", photo: null }));
});

it("nobody promotes themselves", async () => {
  await assertFails(
    setDoc(doc(as("alice"), "users/alice"), { name: "Alice", photo: null, role: "admin" }),
  );
});

it("nobody deletes a profile", async () => {
  await assertFails(deleteDoc(doc(as("alice"), "users/alice")));
});

it("an erased person does not come back with an old token", async () => {
  await assertFails(setDoc(doc(as("mallory"), "users/mallory"), { name: "Mallory", photo: null }));
});

it("nobody lifts the mark of an erasure", async () => {
  await assertFails(deleteDoc(doc(as("mallory"), "erasures/mallory")));
});

it("nobody asks for another's erasure", async () => {
  await assertFails(setDoc(doc(as("alice"), "erasures/bob"), {}));
});

it("nobody refills a budget", async () => {
  await assertFails(setDoc(doc(as("alice"), "budgets/alice/uses/find"), { used: 0 }));
});

it("nobody empties a budget", async () => {
  await assertFails(deleteDoc(doc(as("alice"), "budgets/alice/uses/find")));
});

it("what no rule names is closed", async () => {
  await assertFails(getDoc(doc(as("alice"), "secrets/one")));
});

it("what no rule names is closed below a profile too", async () => {
  await assertFails(setDoc(doc(as("alice"), "users/alice/notes/one"), { a: 1 }));
});
