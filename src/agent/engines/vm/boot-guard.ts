/**
 * Owns one test domain, in a session of its own on the domain's machine: `sh -c BOOT_GUARD pulih URI
 * NAME FILES…`. Its definition is the first line of stdin. Says "created"; at the end of stdin (the
 * agent lets go, died, or its connection is lost) it switches the domain off and removes its files.
 * Constant text; what varies comes as positional parameters.
 */
export const BOOT_GUARD = String.raw`
trap "" HUP PIPE
uri=$1 name=$2
shift 2
v() { timeout -k 1 60 virsh -q -c "$uri" "$@"; }
if IFS= read -r definition; then
  v destroy --domain "$name" >/dev/null 2>&1
  if printf '%s\n' "$definition" | v create /dev/stdin >/dev/null; then
    echo created
    cat >/dev/null
    v destroy --domain "$name" >/dev/null 2>&1
  else
    echo refused
  fi
fi
rm -f -- "$@"
`;
