"""Rules of the Firebase Realtime Database: what their text lets people do."""
