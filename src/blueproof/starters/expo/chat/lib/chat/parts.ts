import type { ReactElement } from "react";

import type { Conversation, Message } from "@/lib/data/types";

/** What the places of the chat's screens hand to the parts that features put there. */
export type InConversation = { conversation: Conversation };
export type InInbox = { conversations: Conversation[] };
export type OnMessage = InConversation & {
  message: Message;
  mine: boolean;
  /** The newest message of one's own. */
  latestOwn: boolean;
};
export type InMenu = OnMessage & {
  close: () => void;
  /** Fills the menu with something else: a form, a list of reasons. */
  show: (content: ReactElement) => void;
};

/** A hook that gives what is to be done at every change of the text that is being written. */
export type OnText = () => () => void;

/** A hook that gives what is to be done when a message was sent. */
export type AfterSend = () => () => void;
