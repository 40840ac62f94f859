/** Words that stand in the passwords most often used, in Indonesia and elsewhere. */
export const COMMON_WORDS: readonly string[] = [
  ...["password", "passw", "sandi", "katasandi", "rahasia", "kunci", "akses", "masuk", "login"],
  ...["admin", "administrator", "operator", "server", "sistem", "system", "root", "user", "test"],
  ...["welcome", "letmein", "iloveyou", "dragon", "monkey", "football", "master", "princess"],
  ...["sunshine", "superman", "batman", "shadow", "michael", "charlie", "hello", "secret"],
  ...["qwerty", "qwertyuiop", "asdfgh", "asdfghjkl", "zxcvbn", "abcdef", "azerty"],
  ...["sayang", "cinta", "bismillah", "alhamdulillah", "semangat", "bahagia", "keluarga", "anakku"],
  ...["ganteng", "cantik", "selamat", "datang", "terserah", "lupa", "coba", "contoh"],
  ...["indonesia", "merdeka", "pancasila", "garuda", "nusantara", "persib", "persija", "arema"],
  ...["jakarta", "bandung", "surabaya", "samarinda", "tenggarong", "balikpapan", "bontang"],
  ...["kaltim", "kukar", "kutai", "kartanegara", "kalimantan", "borneo", "etam"],
  ...["dinas", "kominfo", "diskominfo", "pemprov", "pemkab", "pemkot", "pemda", "kantor"],
  ...["pegawai", "kepala", "bidang", "bupati", "gubernur", "walikota", "setda", "negeri"],
  ...["database", "backup", "restore", "pulih", "cadangan", "komputer", "internet", "jaringan"],
];
