/** Imports run one way; the table stands in ARCHITECTURE.md. */
const only = (name, from, allowed) => ({
  name,
  severity: "error",
  from: { path: from },
  to: { path: "^(src|functions|db|test)/", pathNot: [from, ...allowed] },
});

module.exports = {
  forbidden: [
    {
      name: "no-cycle",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    only("domain-imports-nothing", "^src/domain/", []),
    {
      name: "domain-knows-zod-only",
      severity: "error",
      from: { path: "^src/domain/" },
      to: { dependencyTypes: ["npm", "npm-dev", "core"], pathNot: "node_modules/zod/" },
    },
    only("diagram", "^src/diagram/", ["^src/domain/"]),
    only("protocol", "^src/protocol/", ["^src/domain/"]),
    only("catalog", "^src/catalog/", ["^src/domain/"]),
    only("typst", "^src/typst/", ["^src/(domain|diagram)/"]),
    only("build", "^src/build/", ["^src/(domain|diagram|catalog|typst)/"]),
    only("db", "^db/", ["^src/domain/"]),
    only("agent", "^src/agent/", ["^src/(domain|protocol)/"]),
    only("services", "^functions/services/", [
      "^src/(domain|protocol|catalog|diagram)/",
      "^db/",
      "^functions/(env\\.ts$|letters/|mail/|signing/)",
    ]),
    only("letters", "^functions/letters/", ["^src/(domain|catalog|typst)/"]),
    only("mail", "^functions/mail/", ["^src/domain/"]),
    only("signing", "^functions/signing/", ["^src/domain/"]),
    only("routes", "^functions/routes/", ["^src/(domain|protocol)/", "^functions/services/"]),
    only("pages", "^src/(pages|layouts|components|styles|content\\.config)", [
      "^src/(pages|layouts|components|styles|domain|diagram|catalog|build/settings)",
      "^functions/services/services\\.ts$",
    ]),
    {
      // What is public is made from the public view alone: nothing else can be reached from there.
      name: "public-figures-from-the-view",
      severity: "error",
      from: {
        path: [
          "^src/domain/transparency/",
          "^src/components/(Chart|Figure|ServiceFigures|chart-|figure-|count-text)",
          "^functions/routes/transparency\\.ts$",
          "^functions/services/transparency/(data|publication)-",
        ],
      },
      to: { path: "^(db|functions/services/(?!transparency/))", reachable: true },
    },
    {
      name: "public-pages-from-the-view",
      severity: "error",
      from: { path: "^src/pages/(transparansi|data)/" },
      to: { path: "^(db|functions)/" },
    },
    {
      name: "engines-stand-alone",
      severity: "error",
      from: { path: "^src/agent/engines/(postgres|mariadb|sqlite|directory|vm)" },
      to: {
        path: "^src/agent/engines/(postgres|mariadb|sqlite|directory|vm)",
        pathNot: ["^src/agent/engines/$1"],
      },
    },
    {
      name: "nothing-imports-test",
      severity: "error",
      from: { pathNot: "^test/" },
      to: { path: "^test/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    exclude: { path: "^(dist|data|\\.astro)/" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default"],
    },
  },
};
