/**
 * When an asset must be looked at again. SOP A, pencatatan: "ditinjau setidaknya satu kali dalam
 * setahun"; the same date of the next year, and 28 February where that year has no 29th.
 */
export function reviewDueAfter(date: string): string {
  const [year, month, day] = date.split("-") as [string, string, string];
  const next = String(Number(year) + 1).padStart(4, "0");
  return `${next}-${month}-${month === "02" && day === "29" ? "28" : day}`;
}
