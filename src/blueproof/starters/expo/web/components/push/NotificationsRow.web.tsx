export const NotificationsRow = () => null;
