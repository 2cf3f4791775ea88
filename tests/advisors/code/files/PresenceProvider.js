import React, {createContext, useEffect, useState} from 'react';
import firestore from '@react-native-firebase/firestore';
import {AppState} from 'react-native';

export const PresenceContext = createContext({});

export const PresenceProvider = ({user, contacts, children}) => {
  const [online, setOnline] = useState({});

  useEffect(() => {
    contacts.forEach(contact => {
      firestore()
        .collection('presence')
        .doc(contact.uid)
        .onSnapshot(snap => {
          setOnline(prev => ({...prev, [contact.uid]: snap.data()?.online}));
        });
    });
  }, [contacts]);

  useEffect(() => {
    const timer = setInterval(() => {
      firestore().collection('presence').doc(user.uid).set({online: true, at: Date.now()});
    }, 5000);
    return () => clearInterval(timer);
  }, [user.uid]);

  return <PresenceContext.Provider value={online}>{children}</PresenceContext.Provider>;
};
