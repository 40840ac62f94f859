export interface ErrorRow {
  readonly status: number;
  readonly exitCode: number;
  readonly retryable: boolean;
  readonly pesan: string;
}

export function row(status: number, exitCode: number, pesan: string, retryable = false): ErrorRow {
  return { status, exitCode, pesan, retryable };
}
