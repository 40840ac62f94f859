import { localDate, ZONES } from "#domain/calendar/local-time.ts";

/**
 * The day in western Indonesia as of which static pages say what is overdue; read once, so that all
 * pages of one build agree. For pages made on demand it is the day on which the server started.
 */
export const BUILD_DAY = localDate(new Date(), ZONES["Asia/Jakarta"].offsetMinutes);
