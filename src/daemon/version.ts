/** The version in package.json; a test holds them equal. */
export const VERSION = "0.1.0";

/** The Keepalived whose configuration language and behaviour this version follows. */
export const KEEPALIVED_VERSION = "2.4.3";
