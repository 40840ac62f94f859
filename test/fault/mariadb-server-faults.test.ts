import { wholeServerSuite } from "./whole-server-suite.ts";
import { mariadb } from "./whole-servers.ts";

wholeServerSuite(mariadb);
