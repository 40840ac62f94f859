/** What people read when the way back from the agency's sign-in service ends in a refusal. */
export const OIDC_REFUSALS: Readonly<Record<string, string>> = {
  signup_disabled:
    "Surel akun instansi ini belum punya akun di portal. Minta admin membuatkan akun dengan surel yang sama.",
  account_not_linked:
    "Layanan instansi belum memeriksa surel akun ini, sehingga tidak dihubungkan dengan akun portal. Minta pengelola layanan itu memeriksanya.",
  access_denied: "Masuk lewat akun instansi dibatalkan. Coba lagi, atau masuk dengan kata sandi.",
  state_mismatch:
    "Masuk lewat akun instansi terputus di tengah jalan. Mulai lagi dari halaman ini.",
  lain: "Masuk lewat akun instansi tidak berhasil. Coba lagi, atau masuk dengan kata sandi.",
};
