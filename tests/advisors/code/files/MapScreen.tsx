import { useEffect, useState } from 'react';
import MapView, { Marker } from 'react-native-maps';
import * as Location from 'expo-location';
import { supabase } from '../supabase';

export default function MapScreen({ driverId }: { driverId: string }) {
  const [drivers, setDrivers] = useState<Record<string, any>>({});

  useEffect(() => {
    Location.watchPositionAsync({ timeInterval: 1000, distanceInterval: 0, accuracy: 6 }, async (pos) => {
      await supabase.from('positions').upsert({ driver_id: driverId, lat: pos.coords.latitude, lng: pos.coords.longitude });
    });
    const channel = supabase
      .channel('positions')
      .on('postgres_changes', { event: '*', schema: 'public', table: 'positions' }, ({ new: row }: any) =>
        setDrivers((d) => ({ ...d, [row.driver_id]: row })),
      )
      .subscribe();
    return () => {
      channel.unsubscribe();
    };
  }, [driverId]);

  return <MapView>{Object.values(drivers).map((d) => <Marker key={d.driver_id} coordinate={d} />)}</MapView>;
}
