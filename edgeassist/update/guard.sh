#!/bin/sh
# Looks, before every start of the service, whether a new version of EdgeAssist stays up; goes back
# to the version before it when it was started too often without having stayed up. It needs no
# Python and nothing of the new version. `edgeassist update apply` puts it here.
root=$(dirname "$(readlink -f "$0")")
state=${STATE_DIRECTORY:-$root}
[ -f "$root/trial" ] || exit 0
read -r new old limit <"$root/trial" || exit 0

# The power failed before the new version was switched to, or somebody has gone back by hand.
if [ "$(readlink "$root/current")" != "versions/$new" ]; then
  rm -f "$root/trial" "$root/starts"
  exit 0
fi
if [ "$(cat "$state/update-good" 2>/dev/null)" = "$new" ]; then
  rm -f "$root/trial" "$root/starts"
  exit 0
fi
# One dot a start: nothing that could be half written.
starts=$({ wc -c <"$root/starts"; } 2>/dev/null || echo 0)
if [ "$starts" -lt "$limit" ]; then
  printf . >>"$root/starts"
  sync "$root/starts" 2>/dev/null
  exit 0
fi
ln -sfn "versions/$old" "$root/.current.guard" && mv -T "$root/.current.guard" "$root/current" || exit 0
printf '%s' "$new" >"$root/failed"
sync
rm -f "$root/trial" "$root/starts"
echo "edgeassist: version $new did not stay up; version $old is in use again" >&2
