/**
 * What the engine must remember from one call to the next, kept at the databases themselves
 * (ALTER DATABASE … SET), so that it is changed in the same transaction as the names and is found
 * again after a crash. Never part of a backup.
 */
export const OWN_SETTINGS = "pulih.";

/** The limit a database had, or shall have, while 0 keeps its users out. */
export const CONNECTION_LIMIT = "pulih.connection_limit";
/** Name of the side copy that a live database was; tells which restore put it there. */
export const RESTORED_AS = "pulih.restored_as";
