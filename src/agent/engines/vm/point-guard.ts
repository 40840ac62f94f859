/**
 * Watches over one backup job of libvirt, in a session of its own on the domain's machine:
 *
 *   sh -c GUARD pulih URI DOMAIN LIMIT RESERVE SOCKET SCRATCH…   (the job's XML is the first line of stdin)
 *
 * - freezes the guest's file systems through its agent (LIMIT seconds; 0: not at all), begins the job,
 *   thaws. A timer of its own thaws at LIMIT whatever hangs. Says "ready frozen" or "ready crash".
 * - waits for the end of stdin: the agent lets go, or died, or its connection is lost. Then it says
 *   "held", "lost" (the job was gone by itself) or "full", ends the job and removes socket and scratch
 *   files. A libvirtd that is just being started anew is waited for.
 * - meanwhile ends the job where less than RESERVE bytes are left for what the guest overwrites: qemu
 *   would rather stop the guest than let the moment go. Where that has happened it goes on.
 *
 * A job that an earlier guard left behind (it was killed itself) is known by its socket and ended
 * first; a lock tells it from the job of a living guard. The text is constant: what varies comes as
 * positional parameters, never as part of it.
 */
export const GUARD = String.raw`
trap "" HUP PIPE
export LC_ALL=C
uri=$1 domain=$2 limit=$3 reserve=$4 socket=$5
shift 5
v() { timeout -k 1 60 virsh -q -c "$uri" "$@" 9>&-; }
own_job() { v backup-dumpxml --domain "$domain" 2>/dev/null | grep -qF -- "$(basename -- "$socket")"; }
stopped() { v domstate --reason --domain "$domain" 2>/dev/null | grep -q 'paused (I/O error)'; }
room() { df -B1 --output=avail -- "$@" 2>/dev/null | tail -n +2 | sort -n | head -n 1; }
watch() {
  while sleep 1; do
    left=$(room "$@")
    if [ "$left" -lt "$reserve" ] 2>/dev/null || stopped; then
      trap "" TERM
      release "$@"
      exit 7
    fi
  done
}
release() {
  tries=0
  until v version >/dev/null 2>&1 || [ "$tries" -ge 60 ]; do tries=$((tries + 1)); sleep 1; done
  tries=0
  while own_job && [ "$tries" -lt 300 ]; do
    v domjobabort --domain "$domain" >/dev/null 2>&1
    tries=$((tries + 1))
    sleep 0.2
  done
  rm -f -- "$socket" "$@"
  if [ "$was_stopped" = no ] && stopped; then v resume --domain "$domain" >/dev/null 2>&1; fi
}
IFS= read -r job || exit 1
exec 9>"$socket.lock" || exit 1
flock -n 9 || { echo pulih-busy >&2; exit 1; }
was_stopped=yes
release "$@"
stopped || was_stopped=no

point=crash
if [ "$limit" -gt 0 ]; then
  half=$(((limit + 1) / 2))
  began=$(date +%s)
  v guest-agent-timeout --domain "$domain" --timeout "$half" >/dev/null 2>&1
  (sleep "$limit"; timeout -k 1 30 virsh -q -c "$uri" domfsthaw --domain "$domain") \
    9>&- </dev/null >/dev/null 2>&1 &
  timer=$!
  timeout -k 1 "$half" virsh -q -c "$uri" domfsfreeze --domain "$domain" 9>&- >/dev/null 2>&1
  froze=$?
  [ "$froze" -eq 0 ] && point=frozen
fi
printf '%s\n' "$job" | v backup-begin --domain "$domain" /dev/stdin >/dev/null
begun=$?
if [ "$limit" -gt 0 ]; then
  timeout -k 1 "$half" virsh -q -c "$uri" domfsthaw --domain "$domain" 9>&- >/dev/null 2>&1
  thawed=$?
  [ $(($(date +%s) - began)) -lt "$limit" ] || point=crash
  # The timer stays where the guest may still be frozen.
  if [ "$thawed" -eq 0 ] || { [ "$froze" -ne 0 ] && [ "$froze" -ne 124 ] && [ "$froze" -ne 137 ]; }; then
    kill "$timer" 2>/dev/null
  fi
  v guest-agent-timeout --domain "$domain" --timeout -2 >/dev/null 2>&1
fi
if [ "$begun" -ne 0 ]; then
  release "$@"
  rm -f -- "$socket.lock"
  exit 1
fi
echo "ready $point"
watch "$@" 9>&- </dev/null >/dev/null 2>&1 &
watcher=$!
cat >/dev/null
kill "$watcher" 2>/dev/null
wait "$watcher"
ended=$?
if [ "$ended" -eq 7 ]; then echo full; elif own_job; then echo held; else echo lost; fi
release "$@"
rm -f -- "$socket.lock"
`;
