declare namespace App {
  interface Locals extends import("../functions/services/services.ts").PageLocals {}
}
