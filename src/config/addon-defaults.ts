/** Whether the cloud controllers, the storage driver and the metrics server are installed unless told. */
export const onByDefault = false as boolean;
