declare namespace App {
  type PageLocals = import("../functions/services/services.ts").PageLocals;
  interface Locals extends PageLocals {}
}
