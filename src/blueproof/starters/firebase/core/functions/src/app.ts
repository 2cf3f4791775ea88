import { initializeApp } from "firebase-admin/app";
import { getFirestore } from "firebase-admin/firestore";
import { setGlobalOptions } from "firebase-functions";
import { defineString } from "firebase-functions/params";

const region = defineString("FUNCTIONS_REGION", { default: "us-central1" });

setGlobalOptions({ region, maxInstances: 20 });
initializeApp();

export const db = getFirestore();
