import { ReCaptchaEnterpriseProvider, initializeAppCheck } from "firebase/app-check";

import { app } from "./firebase";

/** The JavaScript SDK attests browsers only: phones need a native module before the functions may enforce it. */
export function startAppCheck(): void {
  const siteKey = process.env.EXPO_PUBLIC_RECAPTCHA_SITE_KEY;
  if (!siteKey) return;
  initializeAppCheck(app, {
    provider: new ReCaptchaEnterpriseProvider(siteKey),
    isTokenAutoRefreshEnabled: true,
  });
}
