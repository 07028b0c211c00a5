#!/bin/sh
# Starts the version of EdgeAssist that this folder holds, wherever the folder is moved to.
here=$(dirname "$(readlink -f "$0")")
root=${here%/*/*/*}
# The guard is asked before what is meant to run on, unless the service has asked it already.
if [ "$1" = run ] && [ -z "$EDGEASSIST_GUARDED" ] && [ -w "$root" ] && [ -x "$root/guard" ] &&
  [ "$(readlink -f "$root/current")" = "${here%/*}" ]; then
  "$root/guard"
  EDGEASSIST_GUARDED=1 exec "$root/current/bin/edgeassist" "$@"
fi
exec "$here/python" -P -m edgeassist.cli.main "$@"
