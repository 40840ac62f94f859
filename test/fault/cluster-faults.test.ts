import { wholeServerSuite } from "./whole-server-suite.ts";
import { cluster } from "./whole-servers.ts";

wholeServerSuite(cluster);
