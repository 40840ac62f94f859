import { killedSuite } from "./killed-suite.ts";
import { vmPlace } from "./places/vm.ts";

killedSuite("a virtual machine", {
  engine: "vm",
  open: () => vmPlace({ runs: process.env["PULIH_FAULT"] === "full" }),
  level: "L4",
  chosen: {
    backup: [/^during dump runs nbdcopy /],
    restore: [/^during swap runs mv /, /^before journal committed/],
    again: [/^during rollback runs mv .*\.o_/],
    lost: [
      /^during loadSide runs sh -c [\s\S]*\.xml/,
      /^during swap runs mv /,
      /^before journal committed/,
    ],
    preview: [/^before vm.compare/],
    rollback: [/^before journal swap/, /^during rollback runs mv .*\.o_/],
    drop: [/^lease/, /^during dropOld runs rm /],
    drill: [/^before vm.digest/],
  },
});
