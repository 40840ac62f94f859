import { Hono } from "hono";
import { AppError } from "#domain/errors.ts";
import { AGENT_API } from "#protocol/v1.ts";
import { accountRoutes } from "./routes/account.ts";
import { adminRoutes } from "./routes/admin.ts";
import { agentRoutes } from "./routes/agent.ts";
import { asAppError, refuse } from "./routes/answers.ts";
import type { AppEnv, RouteDeps } from "./routes/app-env.ts";
import { assetRoutes } from "./routes/assets.ts";
import { calendarRoutes } from "./routes/calendar.ts";
import { correctionRoutes } from "./routes/corrections.ts";
import { decisionRoutes } from "./routes/decisions.ts";
import { draftRoutes } from "./routes/drafts.ts";
import { feedbackRoutes } from "./routes/feedback.ts";
import { observed, sameOrigin } from "./routes/guards.ts";
import { letterRoutes } from "./routes/letters.ts";
import { mandateRoutes } from "./routes/mandates.ts";
import { openApiDocument } from "./routes/openapi/index.ts";
import { planRoutes } from "./routes/plans.ts";
import { ppidRoutes } from "./routes/ppid.ts";
import { metricsRoutes, publicRoutes } from "./routes/public.ts";
import { requestRoutes } from "./routes/requests.ts";
import { authRoutes, sessionRoutes } from "./routes/session.ts";
import { transparencyRoutes } from "./routes/transparency.ts";
import { workroomRoutes } from "./routes/workroom.ts";
import { securityHeaders } from "./security-headers.ts";

/** Everything under /api, /metrics and /data/ as one fetch handler: no socket, no file, no environment. */
export function createApp(deps: RouteDeps) {
  const app = new Hono<AppEnv>();
  app.use(observed(deps));
  app.use(async (c, next) => {
    await next();
    for (const [name, value] of securityHeaders(deps.origin)) {
      if (!c.res.headers.has(name)) c.res.headers.set(name, value);
    }
  });
  app.use("/api/*", async (c, next) =>
    c.req.path.startsWith(`${AGENT_API}/`) ? next() : sameOrigin(deps)(c, next),
  );
  app.onError((error, c) => {
    const known = asAppError(error);
    if (known.code === "INTERNAL") {
      deps.log("defect", { requestId: c.get("requestId"), ...causeOf(known) });
    }
    return refuse(c, known);
  });
  app.notFound((c) => refuse(c, new AppError("NOT_FOUND", "no such route")));

  app.route("/api", workroomRoutes(deps));
  app.route("/api", calendarRoutes(deps));
  app.route("/api/requests", requestRoutes(deps));
  app.route("/api/requests", decisionRoutes(deps));
  app.route("/api/requests", letterRoutes(deps));
  app.route("/api/assets", assetRoutes(deps));
  app.route("/api", planRoutes(deps));
  app.route("/api/requests", correctionRoutes(deps));
  app.route("/api/drafts", draftRoutes(deps));
  app.route("/api/ppid", ppidRoutes(deps));
  app.route("/api/mandates", mandateRoutes(deps));
  app.route("/api/admin", adminRoutes(deps));
  app.route("/api/feedback", feedbackRoutes(deps));
  app.route("/api/session", sessionRoutes(deps));
  app.route("/api/account", accountRoutes(deps));
  app.route("/api/auth", authRoutes(deps));
  app.route(AGENT_API, agentRoutes(deps));
  app.get("/api/openapi.json", (c) => c.json(openApiDocument(deps.origin)));
  app.route("/api", publicRoutes(deps));
  app.route("/metrics", metricsRoutes(deps));
  app.route("/", transparencyRoutes(deps.services.publicFigures(deps.origin)));
  return app;
}

/** For the log: where it broke. A database error's own message holds parameters and is left out. */
function causeOf(error: AppError): Record<string, unknown> {
  const cause = error.cause instanceof Error ? error.cause : error;
  const message = cause.name === "DrizzleQueryError" ? "query failed" : cause.message;
  return { error: cause.name, message, stack: cause.stack?.split("\n").slice(-8) };
}
